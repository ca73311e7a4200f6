"""Instance types and their prices: asked of AWS, kept on this computer, used from there without a network."""
