"""What lives in the city: people, incidents, work orders, crews and governance."""
