//! Finds the class of the network that a folder of pictures, or a name in a dataset, stands for.

use std::collections::BTreeSet;
use std::fmt;

use c3lrp::{Error, Labels, Result};
use clap::ValueEnum;

/// How folders' names stand for classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Rule {
    /// By name, by synset or by index, whichever fits the folders.
    #[default]
    Auto,
    /// By the classes' names or synsets.
    Name,
    /// By index; the first class is 0.
    #[value(name = "from-0")]
    FromZero,
    /// By index; the first class is 1.
    #[value(name = "from-1")]
    FromOne,
    /// By order: the folders, sorted by name, are the classes in order, as in torchvision's ImageFolder.
    Sorted,
    /// Not at all: the pictures' classes are unknown.
    None,
}

/// A network's classes, and the rule for folders.
pub struct Classes<'a> {
    pub count: usize,
    pub labels: Option<&'a Labels>,
    pub rule: Rule,
}

/// How these folders' names stand for classes, once it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Name,
    Synset,
    FromZero,
    FromOne,
    Sorted,
    Nothing,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "by name",
            Self::Synset => "by synset",
            Self::FromZero => "by index from 0",
            Self::FromOne => "by index from 1",
            Self::Sorted => "by the folders' sorted order",
            Self::Nothing => "not at all",
        })
    }
}

impl Classes<'_> {
    /// Finds out how these folders' names stand for classes.
    ///
    /// # Errors
    /// [`Error::Options`] if that can't be told, or doesn't fit the network; the message says what to give.
    pub fn find(&self, folders: &[String]) -> Result<Found> {
        let count = self.count;
        match self.rule {
            Rule::None => Ok(Found::Nothing),
            Rule::Auto | Rule::Name | Rule::FromZero | Rule::FromOne if folders.is_empty() => Ok(Found::Nothing),
            Rule::FromZero => Ok(Found::FromZero),
            Rule::FromOne => Ok(Found::FromOne),
            Rule::Sorted if folders.len() == count => Ok(Found::Sorted),
            Rule::Sorted => Err(Error::Options(
                format!(
                    "--classes sorted needs a folder for each of the network's {count} classes, and there are {}",
                    folders.len()
                )
                .into(),
            )),
            Rule::Auto | Rule::Name => {
                let labels = self.labels;
                let named = folders.iter().any(|folder| labels.is_some_and(|labels| any_named(labels.names(), folder)));
                let synset = folders.iter().any(|folder| labels.is_some_and(|labels| labels.ids().contains(folder)));
                match (named, synset, self.rule) {
                    (true, _, _) => Ok(Found::Name),
                    (false, true, _) => Ok(Found::Synset),
                    (false, false, Rule::Auto) => self.by_index(folders),
                    (false, false, _) => Err(self.unnamed(folders)),
                }
            }
        }
    }

    /// Whether indices start at 0 or 1, from those that occur.
    fn by_index(&self, folders: &[String]) -> Result<Found> {
        let count = self.count;
        let indices: BTreeSet<usize> = folders.iter().filter_map(|folder| index(folder)).collect();
        let (Some(&least), Some(&most)) = (indices.first(), indices.last()) else {
            return Err(self.unnamed(folders));
        };
        let what = match (least, most) {
            (0, most) if most < count => return Ok(Found::FromZero),
            (1.., most) if most == count => return Ok(Found::FromOne),
            (0, _) => format!("a folder 0 begins at 0, where {most} is no class of the network's {count}"),
            (1.., most) if most < count => format!(
                "the folders have indices from {least} to {most} of the network's {count} classes, so that they may \
                 begin at 0 or at 1"
            ),
            (1.., _) => format!("a folder {most} is no class of the network's {count}"),
        };
        Err(Error::Options(
            format!("{what}; say how folders name classes by --classes from-0, from-1, name or sorted").into(),
        ))
    }

    fn unnamed(&self, folders: &[String]) -> Error {
        let first = folders.first().map_or("", String::as_str);
        let known = match self.labels.map(Labels::names) {
            None | Some([]) => "the network's classes have no names".to_owned(),
            Some([name, ..]) => format!("its {} classes are called such as {name:?}", self.count),
        };
        Error::Options(format!(
            "no folder is called as a class of the network ({first:?} is one, and {known}); give the names by --labels \
             (lines as n01440764 tench for synsets), --classes sorted where the folders' order is the classes', or \
             --classes none for pictures of no known class"
        ).into())
    }

    /// The class that a folder stands for; `place` is its index among all folders.
    ///
    /// # Errors
    /// [`Error::Picture`] if the network has no such class.
    pub fn class_of(&self, found: Found, place: usize, folder: &str) -> Result<Option<usize>> {
        let numbered = |first: usize| {
            let class = index(folder).and_then(|index| index.checked_sub(first)).filter(|&class| class < self.count);
            class.ok_or_else(|| {
                let last = self.count + first - 1;
                Error::Picture(
                    format!("its class {folder:?} is none of the network's; they have the numbers {first} to {last}")
                        .into(),
                )
            })
        };
        match found {
            Found::Nothing => Ok(None),
            Found::Sorted => Ok(Some(place)),
            Found::FromZero => numbered(0).map(Some),
            Found::FromOne => numbered(1).map(Some),
            Found::Name | Found::Synset => self.named(folder).map(Some),
        }
    }

    /// The class with a name or a synset. Upper and lower case are the same, and so are `_`, `-` and spaces. A number
    /// before a dot is not part of the name (`001.Black_footed_Albatross`). Of a list of synonyms, the first one is
    /// enough.
    ///
    /// # Errors
    /// [`Error::Picture`] if no class or more than one has this name.
    pub fn named(&self, name: &str) -> Result<usize> {
        let none = Labels::from(Vec::new());
        let labels = self.labels.unwrap_or(&none);
        let found = [
            labels.ids().iter().position(|id| id == name).into_iter().collect(),
            matching(labels.names(), |label| label == name),
            matching(labels.names(), |label| plain(label) == plain(name)),
            matching(labels.names(), |label| plain(first_synonym(label)) == plain(name)),
        ];
        match found.iter().find(|classes| !classes.is_empty()).map_or(&[][..], Vec::as_slice) {
            [class] => Ok(*class),
            [class, next, ..] => Err(Error::Picture(
                format!("its class {name:?} is two of the network's, {class} and {next}, which are called the same")
                    .into(),
            )),
            [] => Err(Error::Picture(match labels.names() {
                [] => {
                    format!("its class {name:?} is none of the network's, which have no names; give them by --labels")
                        .into()
                }
                [first, ..] => format!(
                    "its class {name:?} is none of the network's; they have {} names such as {first:?}",
                    labels.names().len()
                )
                .into(),
            })),
        }
    }
}

/// The classes whose name satisfies a condition.
fn matching(names: &[String], is: impl Fn(&str) -> bool) -> Vec<usize> {
    names.iter().enumerate().filter(|(_, name)| is(name)).map(|(class, _)| class).collect()
}

fn any_named(names: &[String], folder: &str) -> bool {
    names.iter().any(|name| name == folder || [name, first_synonym(name)].map(plain).contains(&plain(folder)))
}

fn first_synonym(name: &str) -> &str {
    name.split(',').next().unwrap_or(name)
}

/// A name without the differences in spelling that don't count.
fn plain(name: &str) -> String {
    let name = match name.split_once('.') {
        Some((number, name)) if index(number).is_some() => name,
        Some(_) | None => name,
    };
    let words = name.split(|character: char| character.is_whitespace() || matches!(character, '_' | '-'));
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// The number in a folder's name: `7`, `007` or `007.Name`.
fn index(folder: &str) -> Option<usize> {
    let number = folder.split_once('.').map_or(folder, |(number, _)| number);
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn classes(
        names: &[&str],
        labels: Option<&Labels>,
        count: usize,
        rule: Rule,
    ) -> Result<(Found, Vec<Option<usize>>)> {
        let classes = Classes { count, labels, rule };
        let folders = folders(names);
        let found = classes.find(&folders)?;
        let of = folders.iter().enumerate().map(|(place, folder)| classes.class_of(found, place, folder));
        Ok((found, of.collect::<Result<_>>()?))
    }

    #[test]
    fn what_is_there_decides_where_indices_begin() {
        let found = |names: &[&str], count| classes(names, None, count, Rule::Auto);
        assert_eq!(found(&["0", "1", "2"], 3), Ok((Found::FromZero, vec![Some(0), Some(1), Some(2)])));
        assert_eq!(found(&["0", "2"], 9), Ok((Found::FromZero, vec![Some(0), Some(2)])));
        assert_eq!(found(&["000.Cat", "001.Dog"], 2), Ok((Found::FromZero, vec![Some(0), Some(1)])));
        assert_eq!(found(&["1", "10", "2"], 10), Ok((Found::FromOne, vec![Some(0), Some(9), Some(1)])));
        assert_eq!(found(&["01", "02"], 2), Ok((Found::FromOne, vec![Some(0), Some(1)])));
        assert_eq!(found(&["001.Cat", "002.Dog"], 2), Ok((Found::FromOne, vec![Some(0), Some(1)])));
        assert_eq!(found(&[], 2), Ok((Found::Nothing, vec![])));
        for (names, words) in [
            (&["1", "2"][..], "may begin at 0 or at 1; say how folders name classes by --classes from-0, from-1"),
            (&["0", "3"], "3 is no class"),
            (&["1", "4"], "a folder 4 is no class"),
            (&["cat"], "have no names"),
            (&["n01440764", "n01443537"], "give the names by --labels (lines as n01440764 tench"),
            (&["-1", "+1", ""], "no folder is called as a class"),
        ] {
            let error = found(names, 3).unwrap_err().to_string();
            assert!(error.contains(words), "{names:?}: {error}");
        }
    }

    #[test]
    fn a_rule_is_kept_to() {
        let labels = Labels::from(folders(&["1", "0"]));
        let found = |names: &[&str], rule| classes(names, Some(&labels), 2, rule);
        assert_eq!(found(&["0", "1"], Rule::Auto), Ok((Found::Name, vec![Some(1), Some(0)])));
        assert_eq!(found(&["0", "1"], Rule::FromZero), Ok((Found::FromZero, vec![Some(0), Some(1)])));
        assert_eq!(found(&["1", "2"], Rule::FromOne), Ok((Found::FromOne, vec![Some(0), Some(1)])));
        assert_eq!(found(&["10", "9"], Rule::Sorted), Ok((Found::Sorted, vec![Some(0), Some(1)])));
        assert_eq!(found(&["x"], Rule::None), Ok((Found::Nothing, vec![None])));
        assert!(found(&["x"], Rule::Sorted).unwrap_err().to_string().contains("2 classes, and there are 1"));
        assert!(found(&["2"], Rule::Name).unwrap_err().to_string().contains("no folder is called"));
        for (rule, words) in [(Rule::FromZero, "the numbers 0 to 1"), (Rule::FromOne, "the numbers 1 to 2")] {
            assert!(found(&["3"], rule).unwrap_err().to_string().contains(words));
        }
        assert!(found(&["0"], Rule::FromOne).is_err());
    }

    #[test]
    fn names_are_matched_as_people_write_them() {
        let labels = Labels::parse(
            b"n01440764 tench, Tinca tinca\nn02012849 crane\nn03126707 crane\nn0200000a x\nn02056570 C++",
        );
        assert!(labels.is_err());
        let labels = Labels::parse(
            b"n01440764 tench, Tinca tinca\nn02012849 crane\nn03126707 crane\nn02056570 Black-footed Albatross",
        )
        .unwrap();
        let classes = Classes { count: 4, labels: Some(&labels), rule: Rule::Auto };
        for name in ["black_footed_albatross", "Black footed  Albatross", "001.Black_footed_Albatross", "n02056570"] {
            assert_eq!(classes.named(name), Ok(3), "{name}");
        }
        for name in ["tench", "TENCH", "tench, Tinca tinca", "n01440764"] {
            assert_eq!(classes.named(name), Ok(0), "{name}");
        }
        assert_eq!((classes.named("n02012849"), classes.named("n03126707")), (Ok(1), Ok(2)));
        assert!(classes.named("crane").unwrap_err().to_string().contains("1 and 2, which are called the same"));
        assert!(classes.named("Tinca").unwrap_err().to_string().contains("4 names such as \"tench, Tinca tinca\""));
        assert_eq!(classes.find(&folders(&["n01440764", "n02012849"])), Ok(Found::Synset));
        // Only capitals distinguish these.
        let labels = Labels::from(folders(&["c", "C"]));
        let classes = Classes { count: 2, labels: Some(&labels), rule: Rule::Auto };
        assert_eq!((classes.named("c"), classes.named("C")), (Ok(0), Ok(1)));
    }
}
