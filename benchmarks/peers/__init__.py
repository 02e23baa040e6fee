"""The same news site printed by other generators, to be measured against."""
