"""What people mean, as pure data: addresses, forwards, periods, scripts, capabilities."""
