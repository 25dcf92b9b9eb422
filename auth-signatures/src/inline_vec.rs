//! [`InlineVec`]: a list that rarely has more than one item.

/// A list that rarely has more than one item, so the first one is stored inline instead of on the heap.
#[derive(Debug)]
pub(crate) struct InlineVec<T> {
    first: Option<T>,
    more: Vec<T>,
}

impl<T> Default for InlineVec<T> {
    fn default() -> Self {
        Self { first: None, more: Vec::new() }
    }
}

impl<T> InlineVec<T> {
    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.first.iter().chain(&self.more)
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.first.iter_mut().chain(&mut self.more)
    }

    pub(crate) fn push(&mut self, item: T) {
        match self.first {
            None => self.first = Some(item),
            Some(_) => self.more.push(item),
        }
    }
}

impl<T> IntoIterator for InlineVec<T> {
    type Item = T;
    type IntoIter = std::iter::Chain<std::option::IntoIter<T>, std::vec::IntoIter<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.first.into_iter().chain(self.more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_keep_their_order() {
        let mut few = InlineVec::default();
        assert!(few.is_empty());
        for item in 1..=3 {
            few.push(item);
            assert!(!few.is_empty());
        }
        few.iter_mut().for_each(|item| *item *= 2);
        assert!(few.iter().eq(&[2, 4, 6]));
        assert!(few.into_iter().eq([2, 4, 6]));
    }
}
