//! The table of all filters.

use super::filtered::{Filtered, map_size};
use super::region_options::RegionOptions;
use crate::sentence::say;
use crate::setting::{Setting, Settings};
use crate::words::{Value, words};
use crate::{Error, Result};

/// Defines the filters from their lines: a variant, with its options if it has any; its name outside Rust; and its file,
/// which says what it means (`MEANING`), which options it takes (`OPTIONS`, with their defaults), how it reads them
/// (`read`, if it takes any) and what it does (`apply`).
macro_rules! filters {
    ($(
        $(#[$meta:meta])*
        $filter:ident $(($options:ident: $of:ty))? $({ $(#[$field_meta:meta])* $field:ident: $field_of:ty })?
            = $word:literal in $file:ident,
    )+) => {
        /// The filter applied to a map after the attribution.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Filter {
            $($(#[$meta])* $filter $(($of))? $({ $(#[$field_meta])* $field: $field_of })?,)+
        }

        words! {
            /// A filter's name.
            pub enum FilterName { $($(#[$meta])* $filter = $word,)+ }
        }

        impl FilterName {
            /// What the filter does, in a sentence.
            pub(crate) fn meaning(self) -> &'static str {
                match self { $(Self::$filter => super::$file::MEANING,)+ }
            }

            /// The filter's options with their defaults.
            pub(crate) fn options(self) -> &'static [(Setting, Value)] {
                match self { $(Self::$filter => super::$file::OPTIONS,)+ }
            }

            /// The filter with the values of its options.
            ///
            /// # Errors
            /// [`Error::Options`] if a value is not possible.
            pub(crate) fn filter(self, settings: &Settings) -> Result<Filter> {
                Ok(match self {
                    $(Self::$filter => {
                        $(let $options = super::$file::read(settings)?;)?
                        $(let $field = super::$file::read(settings)?;)?
                        Filter::$filter $(($options))? $({ $field })?
                    })+
                })
            }
        }

        impl Filter {
            /// Filters a map of finite values, `[height, width]`.
            fn filtered(self, map: &[f32], size: [usize; 2]) -> Result<Filtered> {
                match self {
                    $(Self::$filter $(($options))? $({ $field })? => {
                        super::$file::apply(map, size $(, $options)? $(, $field)?)
                    })+
                }
            }
        }
    };
}

// The first one is the default.
filters! {
    /// What the largest contour and the largest component share.
    C3(options: RegionOptions) = "c3" in c3,
    /// The largest component.
    C1c(options: RegionOptions) = "c1c" in c1c,
    /// Each value is lowered to the nearest of `levels` equally spaced ones, the map's minimum and maximum among them
    /// (heat quantization: Otsuki et al., ECCV 2024, with 8).
    HeatQuantization {
        /// 2 to 256.
        levels: usize
    } = "heat-quantization" in heat_quantization,
    /// The map as it is.
    None = "none" in none,
}

impl Default for Filter {
    fn default() -> Self {
        Self::C3(RegionOptions::default())
    }
}

impl Filter {
    /// Filters a map `[height, width]`. If all of its values are equal, a filter that keeps a region keeps nothing.
    ///
    /// # Errors
    /// [`Error::Picture`] if the size is wrong or a value is not finite; [`Error::Options`] if an option is out of
    /// range.
    pub fn apply(&self, map: &[f32], width: usize, height: usize) -> Result<Filtered> {
        if width == 0 || height == 0 || width.checked_mul(height) != Some(map.len()) {
            return Err(Error::Picture(map_size(width, height, map.len())));
        }
        if let Some(at) = map.iter().position(|value| !value.is_finite()) {
            return Err(Error::Picture(say!(
                "map-infinite-at",
                "the map holds {value} at ({x}, {y}); only finite relevance can be filtered",
                value = map[at],
                x = at % width,
                y = at / width
            )));
        }
        self.filtered(map, [width, height])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setting::Owner;
    use crate::words::Words;

    #[test]
    fn the_default_is_the_first_one_with_its_options_defaults() {
        let (word, first) = FilterName::ALL[0];
        let settings = Settings::new(Owner::Filter(word), first.options().iter().copied());
        assert_eq!(first.filter(&settings), Ok(Filter::default()));
    }

    #[test]
    fn each_filter_reads_its_own_options_and_takes_a_map() {
        for (word, name) in FilterName::ALL {
            let settings = Settings::new(Owner::Filter(word), name.options().iter().copied());
            let filter = name.filter(&settings).unwrap();
            let filtered = filter.apply(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], 3, 2).unwrap();
            assert_eq!((filtered.map.len(), filtered.mask.len()), (6, 6), "{word}");
        }
    }
}
