"""Parts that several exhibits share: pictures, data, networks, hooks, the device."""
