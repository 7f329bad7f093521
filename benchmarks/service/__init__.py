"""What the service takes: requests a second beside other services, under hostile load, and over builds."""
