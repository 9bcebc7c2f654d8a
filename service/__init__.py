"""What people see: the command line and the HTTP API."""
