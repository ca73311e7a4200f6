"""What every room of Kiln needs."""

__version__ = "0.1.0"
