"""What people see: one module per exhibit, and the frame that they share."""
