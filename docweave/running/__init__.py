"""What executes cells."""
