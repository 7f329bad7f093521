"""`/review`: whoever has an account decides about proposals and rates practices; no page needs scripts."""
