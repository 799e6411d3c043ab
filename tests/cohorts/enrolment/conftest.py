"""What the tests of enrolment share."""
