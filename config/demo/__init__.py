"""The main job as a story, told through the same public doors as a user's: the HTTP API and signed transactions."""
