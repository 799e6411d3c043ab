"""Match runs: asked for, stored with their inputs, reviewed, changed and published."""
