"""Speed side by side with named peers; never in the test run."""
