"""Stages: for each connector the service that it reads, as it answers, without the service."""
