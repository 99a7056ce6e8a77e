"""Road traffic: what flows on a usual day (user equilibrium), and the queues behind what closes a street. SI units."""
