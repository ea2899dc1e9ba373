"""Rights that a process gives up before it touches what strangers sent. Linux, standard library only."""
