"""Names in the folder in which a child finds the model that training begins with."""

SPEC_NAME = "spec.json"
WEIGHTS_NAME = "model.safetensors"
