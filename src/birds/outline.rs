//! Outlines: curves flattened to polygons, and the frames that map them to the picture.
//!
//! Curves are cubic Béziers, flattened here with a fixed number of steps. The rasteriser then only needs sums, products
//! and quotients, which are the same on every platform (its own clipping of curves would call the system's `cos` and
//! `powf`).

/// x to the right, y down.
pub type Point = (f32, f32);

/// Number of steps of a flattened curve.
const STEPS: usize = 9;

/// An affine map from one plane to another, such as from a part's own units to pixels.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    x: Point,
    y: Point,
    origin: Point,
}

impl Frame {
    pub const IDENTITY: Self = Self { x: (1.0, 0.0), y: (0.0, 1.0), origin: (0.0, 0.0) };

    /// Moves the origin to a point in this frame.
    pub fn at(self, point: Point) -> Self {
        Self { origin: self.apply(point), ..self }
    }

    /// Rotates by an angle in degrees, from x towards y.
    pub fn turned(self, degrees: f32) -> Self {
        let angle = degrees * (core::f32::consts::PI / 180.0);
        let (sin, cos) = (libm::sinf(angle), libm::cosf(angle));
        let (x, y) = (self.x, self.y);
        Self {
            x: (x.0 * cos + y.0 * sin, x.1 * cos + y.1 * sin),
            y: (y.0 * cos - x.0 * sin, y.1 * cos - x.1 * sin),
            ..self
        }
    }

    /// Scales both axes; a negative factor mirrors.
    pub fn scaled(self, by_x: f32, by_y: f32) -> Self {
        Self { x: (self.x.0 * by_x, self.x.1 * by_x), y: (self.y.0 * by_y, self.y.1 * by_y), ..self }
    }

    pub fn apply(&self, (x, y): Point) -> Point {
        (self.x.0 * x + self.y.0 * y + self.origin.0, self.x.1 * x + self.y.1 * y + self.origin.1)
    }

    /// The inverse map; the identity for a frame without area.
    pub fn inverse(&self) -> Self {
        let determinant = self.x.0 * self.y.1 - self.x.1 * self.y.0;
        if determinant == 0.0 {
            return Self::IDENTITY;
        }
        let x = (self.y.1 / determinant, -self.x.1 / determinant);
        let y = (-self.y.0 / determinant, self.x.0 / determinant);
        let origin = (-(x.0 * self.origin.0 + y.0 * self.origin.1), -(x.1 * self.origin.0 + y.1 * self.origin.1));
        Self { x, y, origin }
    }
}

/// A closed outline that is being drawn.
pub struct Pen {
    points: Vec<Point>,
}

impl Pen {
    pub fn start(at: Point) -> Self {
        Self { points: vec![at] }
    }

    fn last(&self) -> Point {
        self.points.last().copied().unwrap_or((0.0, 0.0))
    }

    pub fn line(mut self, to: Point) -> Self {
        self.points.push(to);
        self
    }

    /// A cubic Bézier.
    pub fn curve(mut self, a: Point, b: Point, to: Point) -> Self {
        let from = self.last();
        for step in 1..=STEPS {
            let t = step as f32 / STEPS as f32;
            let s = 1.0 - t;
            let (wa, wb, wc, wd) = (s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t);
            self.points
                .push((wa * from.0 + wb * a.0 + wc * b.0 + wd * to.0, wa * from.1 + wb * a.1 + wc * b.1 + wd * to.1));
        }
        self
    }

    /// A quadratic Bézier.
    pub fn bend(self, by: Point, to: Point) -> Self {
        let from = self.last();
        let third = |end: Point| (end.0 + (by.0 - end.0) * (2.0 / 3.0), end.1 + (by.1 - end.1) * (2.0 / 3.0));
        self.curve(third(from), third(to), to)
    }

    pub fn close(self) -> Vec<Point> {
        self.points
    }
}

/// A smooth closed outline through these points (Catmull–Rom as Béziers).
pub fn loop_through(points: &[Point]) -> Vec<Point> {
    let n = points.len();
    if n < 3 {
        return points.to_vec();
    }
    let mut pen = Pen::start(points[0]);
    for i in 0..n {
        pen = pen.tangent(points[(i + n - 1) % n], points[i], points[(i + 1) % n], points[(i + 2) % n]);
    }
    pen.close()
}

/// A smooth open line through these points.
pub fn line_through(points: &[Point]) -> Vec<Point> {
    let n = points.len();
    if n < 3 {
        return points.to_vec();
    }
    let mut pen = Pen::start(points[0]);
    for i in 0..n - 1 {
        pen = pen.tangent(points[i.saturating_sub(1)], points[i], points[i + 1], points[(i + 2).min(n - 1)]);
    }
    pen.close()
}

impl Pen {
    fn tangent(self, before: Point, from: Point, to: Point, after: Point) -> Self {
        let a = (from.0 + (to.0 - before.0) / 6.0, from.1 + (to.1 - before.1) / 6.0);
        let b = (to.0 - (after.0 - from.0) / 6.0, to.1 - (after.1 - from.1) / 6.0);
        self.curve(a, b, to)
    }
}

/// An ellipse.
pub fn ellipse((x, y): Point, rx: f32, ry: f32) -> Vec<Point> {
    const K: f32 = 0.552_284_8; // a quarter circle as a Bézier
    let (kx, ky) = (rx * K, ry * K);
    Pen::start((x + rx, y))
        .curve((x + rx, y + ky), (x + kx, y + ry), (x, y + ry))
        .curve((x - kx, y + ry), (x - rx, y + ky), (x - rx, y))
        .curve((x - rx, y - ky), (x - kx, y - ry), (x, y - ry))
        .curve((x + kx, y - ry), (x + rx, y - ky), (x + rx, y))
        .close()
}

/// A line whose width changes from its start (0) to its end (1).
pub fn ribbon(spine: &[Point], width: impl Fn(f32) -> f32) -> Vec<Point> {
    let n = spine.len();
    if n < 2 {
        return Vec::new();
    }
    let mut left = Vec::with_capacity(2 * n);
    let mut right = Vec::with_capacity(n);
    for i in 0..n {
        let (a, b) = (spine[i.saturating_sub(1)], spine[(i + 1).min(n - 1)]);
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let half = 0.5 * width(i as f32 / (n - 1) as f32) / (dx * dx + dy * dy).sqrt().max(1e-6);
        left.push((spine[i].0 - dy * half, spine[i].1 + dx * half));
        right.push((spine[i].0 + dy * half, spine[i].1 - dx * half));
    }
    left.extend(right.into_iter().rev());
    left
}

/// A feather from `base` along x: a vane with a rounded end (`point` 0) or a pointed one (1).
pub fn feather(base: Point, degrees: f32, length: f32, width: f32, point: f32) -> Vec<Point> {
    let frame = Frame::IDENTITY.at(base).turned(degrees);
    let (w, shoulder) = (0.5 * width, length * (0.9 - 0.3 * point));
    let tip = (length, 0.0);
    let round = w * (1.0 - point);
    let late = (length * (0.98 - 0.16 * point), w * (1.0 - 0.45 * point));
    Pen::start((0.0, -0.35 * w))
        .curve((0.3 * length, -0.9 * w), (0.5 * length, -w), (shoulder, -w))
        .curve((late.0, -late.1), (length, -round), tip)
        .curve((length, round), late, (shoulder, w))
        .curve((0.5 * length, w), (0.3 * length, 0.9 * w), (0.0, 0.35 * w))
        .close()
        .into_iter()
        .map(|point| frame.apply(point))
        .collect()
}
