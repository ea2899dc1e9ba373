"""The follower: reads the chain into the database and takes back what the chain takes back."""
