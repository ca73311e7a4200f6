"""Files of this computer, as people name them."""
