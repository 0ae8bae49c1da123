"""Private servers on loopback that play the outside world for the demo and for the tests."""
