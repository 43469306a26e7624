"""What a process is: its phases, its calendar, and what one may do when. Pure: `now` is an argument."""
