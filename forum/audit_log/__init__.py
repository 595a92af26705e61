"""What was done in a network, read and taken away by its administrators; who could see what; breaking the glass."""
