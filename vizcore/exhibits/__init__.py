"""One module per exhibit: plain values in, frozen dataclasses of NumPy arrays out."""
