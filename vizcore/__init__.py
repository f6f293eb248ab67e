"""The maths behind Convoscope: everything that works without a browser."""
