"""Variational classifiers and regressors, beside classical models on the same splits."""
