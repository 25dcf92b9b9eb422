//! The secret behind a CSRF token: 32 letters and digits, plain or masked to 64 so that it looks different each time it is shown.
//!
//! Reading and comparing take the same time whatever the letters are.

use std::fmt;

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeLess};

use super::failure::{Failure, Fault, TokenSource};

/// The size of the alphabet: `a` to `z`, `A` to `Z`, `0` to `9`, in this order.
const LETTERS: u8 = 62;
const LENGTH: usize = 32;

/// An unmasked token: the positions of its letters in the alphabet.
#[derive(Clone)]
pub(crate) struct Secret([u8; LENGTH]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    pub(super) fn of_cookie(text: &str) -> Result<Self, Failure> {
        Self::read(text).map_err(Failure::Cookie)
    }

    pub(super) fn matches(&self, token: &str, source: &TokenSource) -> Result<(), Failure> {
        let fault = match Self::read(token) {
            Ok(token) if bool::from(token.0.ct_eq(&self.0)) => return Ok(()),
            Ok(_) => Fault::Value,
            Err(fault) => fault,
        };
        Err(Failure::Token(source.clone(), fault))
    }

    /// Compares both in constant time.
    pub(crate) fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }

    /// Reads a token, plain or masked. The time that it takes does not depend on its letters.
    pub(crate) fn read(text: &str) -> Result<Self, Fault> {
        let text = text.as_bytes();
        if text.len() != LENGTH && text.len() != 2 * LENGTH {
            return Err(Fault::Length);
        }
        let mut is_readable = Choice::from(1);
        let mut places = [0; 2 * LENGTH];
        for (place, letter) in places.iter_mut().zip(text) {
            let (found, is_letter) = place_of(*letter);
            *place = found;
            is_readable &= is_letter;
        }
        if !bool::from(is_readable) {
            return Err(Fault::Characters);
        }
        let (first, second) = places.split_at(LENGTH);
        let is_masked = Choice::from(u8::from(text.len() == 2 * LENGTH));
        let mut secret = [0; LENGTH];
        for (place, (first, second)) in secret.iter_mut().zip(first.iter().zip(second)) {
            let unmasked = (second + LETTERS - first) % LETTERS;
            *place = u8::conditional_select(first, &unmasked, is_masked);
        }
        Ok(Self(secret))
    }

    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut places = [0; LENGTH];
        let mut filled = 0;
        let mut bytes = [0; LENGTH];
        while filled < LENGTH {
            getrandom::fill(&mut bytes)?;
            // 248 is the largest multiple of 62 that fits a byte: values above it would favour the first letters.
            for byte in bytes.iter().filter(|byte| **byte < 4 * LETTERS).take(LENGTH - filled) {
                places[filled] = byte % LETTERS;
                filled += 1;
            }
        }
        Ok(Self(places))
    }

    /// Returns the text, not masked.
    pub(crate) fn to_text(&self) -> String {
        self.0.iter().map(|place| char::from(letter_at(*place))).collect()
    }

    pub(crate) fn masked(&self) -> Result<String, getrandom::Error> {
        let mask = Self::random()?;
        let mut masked = mask.clone();
        for (place, hidden) in masked.0.iter_mut().zip(self.0) {
            *place = (*place + hidden) % LETTERS;
        }
        Ok(mask.to_text() + &masked.to_text())
    }
}

/// The first letters of the alphabet's runs, with their positions and lengths.
const RUNS: [(u8, u8, u8); 3] = [(b'a', 0, 26), (b'A', 26, 26), (b'0', 52, 10)];

/// Returns the position of a letter in the alphabet, and whether it has one, without a branch or a lookup that depends on it.
fn place_of(letter: u8) -> (u8, Choice) {
    RUNS.iter().fold((0, Choice::from(0)), |(place, is_letter), &(first, at, length)| {
        let offset = letter.wrapping_sub(first);
        let is_here = offset.ct_lt(&length);
        (u8::conditional_select(&place, &offset.wrapping_add(at), is_here), is_letter | is_here)
    })
}

/// Returns the letter at a position of the alphabet, without a branch or a lookup that depends on it.
fn letter_at(place: u8) -> u8 {
    RUNS.iter().fold(0, |letter, &(first, at, length)| {
        let offset = place.wrapping_sub(at);
        u8::conditional_select(&letter, &first.wrapping_add(offset), offset.ct_lt(&length))
    })
}

/// Creates a secret for a login record and its cookie.
pub(crate) fn new_secret() -> Result<String, getrandom::Error> {
    Ok(Secret::random()?.to_text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_mask_is_undone() {
        let plain = Secret::read("abcdefghijklmnopqrstuvwxyzABCDEF").unwrap();
        for _ in 0..20 {
            let masked = plain.masked().unwrap();
            assert_eq!(masked.len(), 64);
            assert_eq!(Secret::read(&masked).unwrap().0, plain.0);
        }
        let masked = "maskMASKmaskMASKmaskMASKmaskMASKmbunQFYRujCvYN6ZCrKD6Ve7KzSLe3mf";
        assert_eq!(Secret::read(masked).unwrap().0, plain.0);
    }

    #[test]
    fn the_alphabet_is_djangos() {
        let alphabet = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        for letter in 0..=u8::MAX {
            let place = alphabet.iter().position(|known| *known == letter);
            let (found, is_letter) = place_of(letter);
            assert_eq!(bool::from(is_letter).then_some(usize::from(found)), place, "{letter}");
        }
        for (place, letter) in alphabet.iter().enumerate() {
            assert_eq!(letter_at(u8::try_from(place).unwrap()), *letter);
        }
    }

    #[test]
    fn length_and_letters_are_checked() {
        assert_eq!(Secret::read("").unwrap_err(), Fault::Length);
        assert_eq!(Secret::read(&"a".repeat(33)).unwrap_err(), Fault::Length);
        assert_eq!(Secret::read(&"-".repeat(32)).unwrap_err(), Fault::Characters);
        assert_eq!(Secret::read(&"é".repeat(16)).unwrap_err(), Fault::Characters);
    }
}
