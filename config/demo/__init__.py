"""The main job as a story, told through a user's doors: the HTTP API and signed transactions."""
