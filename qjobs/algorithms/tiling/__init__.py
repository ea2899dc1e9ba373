"""Parts of one run that are computed before it: strips of its kernels, or whole trainings."""
