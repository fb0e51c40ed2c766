//! The birds' guarantees: the same bytes everywhere, and masks that match the picture.

use super::species::CrestShape;
use super::{Bird, Objects, Options, Part, Parts, Species, draw};

/// FNV-1a of 64 bits.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Pixels whose colours differ.
fn changed(a: &Bird, b: &Bird) -> Vec<bool> {
    a.rgba.chunks_exact(4).zip(b.rgba.chunks_exact(4)).map(|(a, b)| a != b).collect()
}

/// A mask dilated by this many pixels on every side.
fn dilated(mask: &[u8], side: usize, by: usize) -> Vec<bool> {
    let rows: Vec<bool> = (0..mask.len())
        .map(|at| {
            let (x, y) = (at % side, at / side);
            (x.saturating_sub(by)..=(x + by).min(side - 1)).any(|x| mask[y * side + x] == 1)
        })
        .collect();
    (0..mask.len())
        .map(|at| {
            let (x, y) = (at % side, at / side);
            (y.saturating_sub(by)..=(y + by).min(side - 1)).any(|y| rows[y * side + x])
        })
        .collect()
}

/// How many pixels changed outside of the grown mask.
fn outside(changed: &[bool], within: &[bool]) -> usize {
    changed.iter().zip(within).filter(|&(&changed, &within)| changed && !within).count()
}

/// Number of pixels in which a part may peek out from under another by less than half of a pixel, far from its mask. At
/// most 12 of 50,176 were seen in 1,800 pictures.
const SLIVERS: usize = 16;

fn count(mask: &[u8]) -> usize {
    mask.iter().filter(|&&value| value == 1).count()
}

#[test]
fn there_are_twenty_distinct_species_with_seven_near_pairs() {
    let all = Species::all();
    assert_eq!(all.len(), 20);
    for (index, species) in all.iter().enumerate() {
        assert_eq!(species.index(), index);
        assert_eq!(Species::by_name(&species.name().to_uppercase()), Some(species));
        assert!((1..=3).contains(&species.deciding_parts().len()));
        assert!(
            all[..index].iter().all(|other| other.name() != species.name() && !species.differing(other).is_empty())
        );
    }
    let pairs: Vec<Vec<Part>> =
        (0..20).flat_map(|a| (0..a).map(move |b| all[a].differing(&all[b]))).filter(|parts| parts.len() == 1).collect();
    assert_eq!(pairs.len(), 7);
    for part in [Part::Beak, Part::Crest, Part::Head, Part::Breast, Part::Wing, Part::Tail, Part::Legs] {
        assert!(pairs.contains(&vec![part]), "{part:?}");
    }
    assert_eq!(all[0].neighbours(), [&all[1]]);
    assert_eq!(all[0].deciding_parts(), [Part::Crest]);
}

#[test]
fn a_seed_and_a_species_give_the_same_bytes() {
    for (index, seed, side, tag, expected) in STORED {
        let options = Options { side, tag, ..Options::default() };
        let bird = draw(&Species::all()[index], seed, &options);
        assert_eq!(bird, draw(&Species::all()[index], seed, &options));
        let mut bytes = bird.rgba.clone();
        bytes.extend(&bird.whole);
        Part::ALL.iter().for_each(|&part| bytes.extend(bird.part(part)));
        assert_eq!(hash(&bytes), expected, "species {index}, seed {seed}, side {side}: {:#018x}", hash(&bytes));
    }
}

/// Index, seed, side, tag, and the hash of the picture and all masks, on every platform.
const STORED: [(usize, u64, usize, Option<usize>, u64); 5] = [
    (0, 0, 224, None, 0xd015_45a5_2285_4816),
    (7, 1, 224, None, 0xd3e0_8104_a4e6_c2a2),
    (12, 2, 224, Some(12), 0x5bbe_eba4_b278_796a),
    (18, u64::MAX, 96, None, 0x0e75_8df6_5699_34bd),
    (19, 4, 512, Some(3), 0x0168_18ae_ca81_9181),
];

#[test]
fn a_picture_has_the_size_it_says() {
    for (asked, side) in [(0, 96), (96, 96), (101, 101), (2000, 1024)] {
        let bird = draw(&Species::all()[3], 5, &Options { side: asked, ..Options::default() });
        assert_eq!((bird.side, bird.rgba.len(), bird.whole.len()), (side, 4 * side * side, side * side));
        assert!(bird.rgba.chunks_exact(4).all(|pixel| pixel[3] == 255));
    }
}

#[test]
fn removing_a_part_changes_only_its_pixels() {
    for (index, species) in Species::all().iter().enumerate() {
        for seed in 0..2 {
            let seed = seed + 100 * index as u64;
            let bird = draw(species, seed, &Options::default());
            for part in Part::ALL {
                let less = draw(species, seed, &Options { without: Parts::NONE.with(part), ..Options::default() });
                assert_eq!(count(less.part(part)), 0);
                let changed = changed(&bird, &less);
                let stray = outside(&changed, &dilated(bird.part(part), bird.side, 3));
                assert!(stray <= SLIVERS, "{} {part:?} seed {seed}: {stray}", species.name());
                // And what is under the mask does change, though the white under white does not.
                let same =
                    bird.part(part).iter().zip(&changed).filter(|&(&mask, &changed)| mask == 1 && !changed).count();
                assert!(4 * same <= 3 * count(bird.part(part)), "{} {part:?} seed {seed}: {same}", species.name());
            }
        }
    }
}

/// Number of pixels that changed outside of all these areas.
fn stray(a: &Bird, b: &Bird, areas: &[Vec<u8>]) -> usize {
    let changed = changed(a, b);
    (0..changed.len()).filter(|&at| changed[at] && areas.iter().all(|area| area[at] == 0)).count()
}

#[test]
fn what_is_left_out_changes_nothing_outside_of_its_area() {
    for (index, species) in Species::all().iter().enumerate() {
        let seed = 40 + index as u64;
        let bird = draw(species, seed, &Options::default());
        for part in Part::ALL {
            let less = draw(species, seed, &Options { without: Parts::NONE.with(part), ..Options::default() });
            assert_eq!(stray(&bird, &less, &[bird.area(part)]), 0, "{} without {part:?}", species.name());
            assert!(bird.part(part).iter().zip(bird.area(part)).all(|(&mask, area)| mask <= area));
            assert_eq!(less.objects.len(), bird.objects.len());
        }
        let some: Parts = [Part::Body, Part::Head, Part::Breast, Part::Wing].into_iter().collect();
        let less = draw(species, seed, &Options { without: some, ..Options::default() });
        let areas: Vec<_> = some.iter().map(|part| bird.area(part)).collect();
        assert_eq!(stray(&bird, &less, &areas), 0, "{}", species.name());
        let none = draw(species, seed, &Options { without: Parts::ALL, ..Options::default() });
        assert_eq!(count(&none.whole), 0);
    }
}

#[test]
fn a_part_of_another_species_changes_nothing_outside_of_both() {
    for (index, species) in Species::all().iter().enumerate() {
        let (seed, other) = (70 + index as u64, (index + 9) % 20);
        let [bird, foreign] = [species, &Species::all()[other]].map(|species| draw(species, seed, &Options::default()));
        for part in Part::ALL {
            let mut options = Options::default();
            options.swap[part.index()] = Some(other);
            let swapped = draw(species, seed, &options);
            let areas = [bird.area(part), foreign.area(part)];
            assert_eq!(stray(&bird, &swapped, &areas), 0, "{} with another {part:?}", species.name());
            assert_eq!(swapped.area(part), foreign.area(part));
            // The same from the other side: all parts but this one.
            let mut options = Options { swap: [Some(index); Part::COUNT], ..Options::default() };
            options.swap[part.index()] = None;
            assert_eq!(draw(&Species::all()[other], seed, &options).rgba, swapped.rgba);
        }
    }
}

#[test]
fn an_object_that_is_left_out_changes_nothing_outside_of_its_area() {
    let mut found = 0;
    for (index, species) in Species::all().iter().enumerate() {
        let seed = 90 + index as u64;
        let bird = draw(species, seed, &Options::default());
        assert!(bird.objects.len() <= Objects::MOST);
        for object in 0..bird.objects.len() {
            let less = draw(species, seed, &Options { bare: [object].into_iter().collect(), ..Options::default() });
            assert_eq!(stray(&bird, &less, &[bird.object_area(object)]), 0, "{} without {object}", species.name());
            assert_eq!((less.objects.len(), count(&less.objects[object])), (bird.objects.len(), 0));
            assert!(bird.objects[object].iter().zip(bird.object_area(object)).all(|(&mask, area)| mask <= area));
            found += usize::from(changed(&bird, &less).contains(&true));
        }
        for mask in &bird.objects {
            assert!(mask.iter().zip(&bird.whole).all(|(object, whole)| object + whole <= 1), "it lies on the bird");
        }
        let bare = draw(species, seed, &Options { bare: (0..99).collect(), ..Options::default() });
        assert!(bare.objects.iter().all(|mask| count(mask) == 0) && count(&bare.whole) >= count(&bird.whole));
    }
    assert!(found > 100, "{found}");
}

#[test]
fn neighbours_differ_only_where_they_should() {
    for species in Species::all() {
        for other in species.neighbours() {
            let part = species.differing(other)[0];
            for seed in 0..8 {
                let (a, b) = (draw(species, seed, &Options::default()), draw(other, seed, &Options::default()));
                let either: Vec<u8> = a.part(part).iter().zip(b.part(part)).map(|(a, b)| a | b).collect();
                let changed = changed(&a, &b);
                let stray = outside(&changed, &dilated(&either, a.side, 3));
                assert!(stray <= SLIVERS, "{} seed {seed}: {stray}", species.name());
            }
        }
    }
}

#[test]
fn deciding_parts_are_visible() {
    for (index, species) in Species::all().iter().enumerate() {
        let deciding = species.deciding_parts();
        let (mut seen, mut asked) = (0, 0);
        for seed in 0..20 {
            let bird = draw(species, seed + 1000 * index as u64, &Options::default());
            for &part in deciding.iter().filter(|&&part| part != Part::Crest || species.crest.0 != CrestShape::None) {
                let least = if part == Part::Eye { 20 } else { 100 };
                asked += 1;
                seen += usize::from(count(bird.part(part)) >= least);
            }
        }
        assert!(100 * seen >= 95 * asked, "{}: {seen} of {asked}", species.name());
    }
}

#[test]
fn masks_nest() {
    for (index, species) in Species::all().iter().enumerate() {
        let bird = draw(species, index as u64, &Options::default());
        for part in Part::ALL {
            assert!(bird.part(part).iter().zip(&bird.whole).all(|(part, whole)| part <= whole));
        }
        assert!(bird.deciding.iter().zip(&bird.whole).all(|(part, whole)| part <= whole));
        for at in 0..bird.whole.len() {
            assert!(Part::ALL.iter().filter(|&&part| bird.part(part)[at] == 1).count() <= 1, "parts overlap");
        }
        let share = count(&bird.whole) as f32 / bird.whole.len() as f32;
        assert!((0.05..0.6).contains(&share), "{share}");
    }
}

#[test]
fn a_tag_changes_only_its_corner() {
    let species = &Species::all()[0];
    let plain = draw(species, 3, &Options::default());
    for index in 0..20 {
        let tagged = draw(species, 3, &Options { tag: Some(index), ..Options::default() });
        let changed = changed(&plain, &tagged);
        let (right, low) = (index & 1 == 1, index & 2 == 2);
        for (at, _) in changed.iter().enumerate().filter(|&(_, &changed)| changed) {
            let (x, y) = (at % plain.side, at / plain.side);
            assert!(
                (x > 190 || !right) && (x < 34 || right) && (y > 190 || !low) && (y < 34 || low),
                "{index}: {x} {y}"
            );
        }
        assert!(changed.iter().filter(|&&changed| changed).count() > 400);
    }
}
