"""What people do with their forwards: decide in a pure function, act in a thin one."""
