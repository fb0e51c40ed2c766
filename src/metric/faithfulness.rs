//! Insertion and deletion: whether the class's probability follows what a map calls relevant.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::{Curve, Curves, Direction, Filling, Order, Protocol, Ties};
use crate::picture::Preparation;
use crate::sentence::say;
use crate::{Error, Result};

/// How a pair of curves, insertion and deletion, is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What replaces hidden pixels, and how many change per step.
    pub protocol: Protocol,
    /// How equal values are treated.
    pub ties: Ties,
    /// Number of points of a curve, including both ends; with [`Protocol::Patch`], an approximate number.
    pub points: usize,
}

/// The picture at one point of a curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum View {
    /// Nothing is hidden.
    Whole,
    /// Everything is hidden.
    Hidden(Filling),
    /// Only the first cells are shown, or only they are hidden. The numbers are the side of a cell and the number of
    /// cells.
    Partly(Direction, Filling, usize, usize),
}

impl View {
    /// The view for a direction of a protocol once `reach` out of `cells` cells have changed.
    fn at(protocol: Protocol, direction: Direction, reach: usize, cells: usize) -> Self {
        let filling = protocol.filling(direction);
        match direction {
            Direction::Insertion if reach == 0 => Self::Hidden(filling),
            Direction::Deletion if reach == cells => Self::Hidden(filling),
            _ if reach == 0 || reach == cells => Self::Whole,
            _ => Self::Partly(direction, filling, protocol.side(), reach),
        }
    }
}

/// Measures the maps of one picture and class. It keeps what all maps share: the hidden picture, and the probabilities
/// at the curves' ends.
#[derive(Clone, Debug)]
pub struct Faithfulness {
    picture: Vec<f32>,
    width: usize,
    height: usize,
    preparation: Preparation,
    batch: usize,
    fillings: BTreeMap<Filling, Rc<[f32]>>,
    ends: BTreeMap<View, f32>,
    seen: usize,
}

impl Faithfulness {
    /// For a normalised picture `[channels, height, width]`, of which `batch` variants run through the network at a
    /// time.
    ///
    /// # Errors
    /// [`Error::Picture`] if the size is wrong, [`Error::Options`] for an empty batch.
    pub fn new(picture: Vec<f32>, width: usize, height: usize, preparation: Preparation, batch: usize) -> Result<Self> {
        let values = width.checked_mul(height).and_then(|pixels| pixels.checked_mul(preparation.channels));
        if picture.is_empty() || values != Some(picture.len()) {
            let found = picture.len();
            return Err(Error::Picture(say!(
                "picture-values",
                "{channels}·{height}·{width} values were expected, but there are {found}",
                channels = preparation.channels,
                height,
                width,
                found
            )));
        }
        if batch == 0 {
            return Err(Error::Options(say!(
                "empty-batch",
                "a batch of 0 pictures shows nothing; 1 or more was expected"
            )));
        }
        let (fillings, ends) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { picture, width, height, preparation, batch, fillings, ends, seen: 0 })
    }

    /// How many pictures the network has seen so far.
    pub fn seen(&self) -> usize {
        self.seen
    }

    /// The curves of a map `[height, width]` for each plan, in order.
    ///
    /// `probabilities` receives a batch of pictures `[N, channels, height, width]`, and returns the class's probability
    /// for each. No picture is passed to it twice, even if several plans need it.
    ///
    /// # Errors
    /// The errors of [`Order::new`], [`Protocol::counts`] and `probabilities`.
    pub async fn measure(
        &mut self,
        map: &[f32],
        plans: &[Plan],
        mut probabilities: impl AsyncFnMut(Vec<f32>) -> Result<Vec<f32>>,
    ) -> Result<Vec<Curves>> {
        let orders = self.orders(map, plans)?;
        let mut wanted = BTreeSet::new();
        for plan in plans {
            for direction in [Direction::Insertion, Direction::Deletion] {
                wanted.extend(views(plan, direction, order(&orders, plan)?)?.into_iter().map(|(_, view)| view));
            }
        }
        let mut known = self.ends.clone();
        let wanted: Vec<View> = wanted.into_iter().filter(|view| !known.contains_key(view)).collect();
        for views in wanted.chunks(self.batch) {
            let mut pictures = Vec::with_capacity(views.len() * self.picture.len());
            for &view in views {
                self.show(view, &orders, &mut pictures)?;
            }
            let found = probabilities(pictures).await?;
            if found.len() != views.len() {
                let (found, shown) = (found.len(), views.len());
                return Err(Error::Picture(say!(
                    "probabilities-number",
                    "{found} probabilities came back for {shown} pictures",
                    found,
                    shown
                )));
            }
            if let Some(wrong) = found.iter().find(|value| !(0.0..=1.0).contains(*value)) {
                return Err(Error::Picture(say!(
                    "probability",
                    "a probability of {value} came back; 0 to 1 was expected",
                    value = wrong
                )));
            }
            self.seen += views.len();
            known.extend(views.iter().copied().zip(found));
        }
        self.ends.extend(known.iter().filter(|(view, _)| !matches!(view, View::Partly(..))));
        let curve = |plan: &Plan, direction| -> Result<Curve> {
            let views = views(plan, direction, order(&orders, plan)?)?;
            let (shares, views): (Vec<f64>, Vec<View>) = views.into_iter().unzip();
            Ok(Curve { shares, probabilities: views.iter().filter_map(|view| known.get(view).copied()).collect() })
        };
        let curves = |plan| {
            Ok(Curves { insertion: curve(plan, Direction::Insertion)?, deletion: curve(plan, Direction::Deletion)? })
        };
        plans.iter().map(curves).collect()
    }

    /// The normalised picture `[channels, height, width]` that one point of a curve is measured with; points count from
    /// 0.
    ///
    /// # Errors
    /// As [`Faithfulness::measure`], and [`Error::Options`] for a point after the last one.
    pub fn picture(&mut self, map: &[f32], plan: &Plan, direction: Direction, point: usize) -> Result<Vec<f32>> {
        let orders = self.orders(map, &[*plan])?;
        let views = views(plan, direction, order(&orders, plan)?)?;
        let (_, view) = *views.get(point).ok_or_else(|| {
            Error::Options(say!(
                "no-point",
                "there is no point {point}; the curve has the points 0 to {last}",
                point,
                last = views.len() - 1
            ))
        })?;
        let mut picture = Vec::with_capacity(self.picture.len());
        self.show(view, &orders, &mut picture)?;
        Ok(picture)
    }

    /// As [`Faithfulness::picture`] for all points of a curve, one after another; the map is sorted only once.
    ///
    /// # Errors
    /// As [`Faithfulness::measure`].
    pub fn pictures(
        &mut self,
        map: &[f32],
        plan: &Plan,
        direction: Direction,
        mut each: impl FnMut(Vec<f32>),
    ) -> Result<()> {
        let orders = self.orders(map, &[*plan])?;
        for (_, view) in views(plan, direction, order(&orders, plan)?)? {
            let mut picture = Vec::with_capacity(self.picture.len());
            self.show(view, &orders, &mut picture)?;
            each(picture);
        }
        Ok(())
    }

    /// The picture with all of its pixels hidden; made only once.
    fn hidden(&mut self, filling: Filling) -> Rc<[f32]> {
        let of = || filling.hide_all(&self.picture, self.width, self.height, &self.preparation.normalisation).into();
        Rc::clone(self.fillings.entry(filling).or_insert_with(of))
    }

    /// The map's order for each side of cells that the plans use.
    fn orders(&self, map: &[f32], plans: &[Plan]) -> Result<BTreeMap<usize, Order>> {
        let sides: BTreeSet<usize> = plans.iter().map(|plan| plan.protocol.side()).collect();
        let order = |side| Ok((side, Order::new(map, self.width, self.height, side)?));
        sides.into_iter().map(order).collect()
    }

    /// Appends the picture of a view.
    fn show(&mut self, view: View, orders: &BTreeMap<usize, Order>, pictures: &mut Vec<f32>) -> Result<()> {
        let (direction, filling, side, reach) = match view {
            View::Whole => {
                pictures.extend_from_slice(&self.picture);
                return Ok(());
            }
            View::Hidden(filling) => {
                let hidden = self.hidden(filling);
                pictures.extend_from_slice(&hidden);
                return Ok(());
            }
            View::Partly(direction, filling, side, reach) => (direction, filling, side, reach),
        };
        let hidden = self.hidden(filling);
        let order = orders.get(&side).ok_or_else(|| unordered(side))?;
        let pixels = self.width * self.height;
        for (picture, hidden) in self.picture.chunks_exact(pixels).zip(hidden.chunks_exact(pixels)) {
            let (first, rest) = match direction {
                Direction::Insertion => (picture, hidden),
                Direction::Deletion => (hidden, picture),
            };
            let values = order.first(reach).zip(first.iter().zip(rest));
            pictures.extend(values.map(|(is_first, (&first, &rest))| if is_first { first } else { rest }));
        }
        Ok(())
    }
}

fn order<'a>(orders: &'a BTreeMap<usize, Order>, plan: &Plan) -> Result<&'a Order> {
    let side = plan.protocol.side();
    orders.get(&side).ok_or_else(|| unordered(side))
}

fn unordered(side: usize) -> Error {
    Error::Options(say!("unsorted", "the map was not sorted in patches of {side}×{side} pixels", side))
}

/// The points of a curve: the share of cells, and the view.
fn views(plan: &Plan, direction: Direction, order: &Order) -> Result<Vec<(f64, View)>> {
    let cells = order.cells();
    let counts = plan.protocol.counts(cells, plan.points)?;
    let view = |count| {
        let reach = order.reach(count, plan.ties);
        (count as f64 / cells as f64, View::at(plan.protocol, direction, reach, cells))
    };
    Ok(counts.into_iter().map(view).collect())
}
