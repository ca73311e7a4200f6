"""The price list service, which moto lacks."""
