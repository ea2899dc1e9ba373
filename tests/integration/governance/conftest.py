"""The same deployed commons as the jobs' tests, on a node of this folder's own."""

from tests.integration.qjobs.conftest import deployment_file, jobs_node, own_parts, people, stage

__all__ = ["deployment_file", "jobs_node", "own_parts", "people", "stage"]
