"""One module per kind of picture: arrays in, a figure, an RGB array or PNG bytes out."""
