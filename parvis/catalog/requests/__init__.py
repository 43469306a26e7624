"""Around the core of requests: who may do what, the letters, the clocks of every day, what pages and exports say."""
