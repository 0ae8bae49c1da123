"""Between the model and Sieve text: compile, read back, outline, look for hazards, compose."""
