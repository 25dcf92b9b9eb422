//! What the cases share: a state, so that each case shows its fault alone.
