"""Events told to other programs: signed, tried again, in order."""
