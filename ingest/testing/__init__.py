"""What tests of connectors are made of: a fake source, and the suite that every connector passes."""
