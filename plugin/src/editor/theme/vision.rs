//! How colours are seen: contrast as WCAG 2 has it, and distances in CIELAB as the colour-blind see them (Machado, Oliveira and Fernandes,
//! "A physiologically-based model for simulation of color vision deficiency", 2009, severity 1). For tests.

use egui::Color32;

/// Nobody's, and the three kinds of colour-blindness: linear red, green and blue as they are seen.
const SIGHTS: [(&str, [[f32; 3]; 3]); 4] = [
    ("usual", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ),
];

fn linear(colour: Color32) -> [f32; 3] {
    [colour.r(), colour.g(), colour.b()].map(|value| {
        let value = f32::from(value) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    })
}

fn times(matrix: [[f32; 3]; 3], colour: [f32; 3]) -> [f32; 3] {
    matrix.map(|row| {
        row.iter()
            .zip(colour)
            .map(|(share, value)| share * value)
            .sum()
    })
}

/// The contrast of two opaque colours, 1 to 21.
pub fn contrast(one: Color32, other: Color32) -> f32 {
    let luminance = |colour| {
        let [r, g, b] = linear(colour);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// What a translucent colour looks like on an opaque ground.
pub fn blended(colour: Color32, ground: Color32) -> Color32 {
    let rest = 255.0 - f32::from(colour.a());
    let over =
        |above: u8, below: u8| (f32::from(above) + f32::from(below) * rest / 255.0).round() as u8;
    Color32::from_rgb(
        over(colour.r(), ground.r()),
        over(colour.g(), ground.g()),
        over(colour.b(), ground.b()),
    )
}

fn lab(colour: [f32; 3]) -> [f32; 3] {
    const XYZ: [[f32; 3]; 3] = [
        [0.412_456, 0.357_576, 0.180_438],
        [0.212_673, 0.715_152, 0.072_175],
        [0.019_334, 0.119_192, 0.950_304],
    ];
    let [x, y, z] = times(XYZ, colour.map(|value| value.clamp(0.0, 1.0)));
    let f = |t: f32| match t > 216.0 / 24_389.0 {
        true => t.cbrt(),
        false => (24_389.0 / 27.0 * t + 16.0) / 116.0,
    };
    let (x, y, z) = (f(x / 0.950_47), f(y), f(z / 1.088_83));
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// The distance (CIE 1976) of two colours to whom it is least, and who that is.
pub fn least_distance(one: Color32, other: Color32) -> (f32, &'static str) {
    let distance = |(name, sight): (&'static str, [[f32; 3]; 3])| {
        let [one, other] = [one, other].map(|colour| lab(times(sight, linear(colour))));
        let squares = one.iter().zip(other).map(|(a, b)| (a - b).powi(2));
        (squares.sum::<f32>().sqrt(), name)
    };
    let all = SIGHTS.map(distance).into_iter();
    all.fold((f32::INFINITY, ""), |least, now| match now.0 < least.0 {
        true => now,
        false => least,
    })
}

#[test]
fn sights_and_contrasts_are_those_that_are_published() {
    let (white, black) = (Color32::WHITE, Color32::BLACK);
    assert!((contrast(white, black) - 21.0).abs() < 1e-3);
    // Grey stays grey to everyone.
    for (name, sight) in SIGHTS {
        for value in times(sight, [0.5; 3]) {
            assert!((value - 0.5).abs() < 1e-3, "{name}");
        }
    }
    assert!((lab([1.0; 3])[0] - 100.0).abs() < 0.01);
    // Red and a green of its lightness: far apart, and close to whom they are close.
    let (red, green) = (
        Color32::from_rgb(200, 60, 50),
        Color32::from_rgb(120, 110, 40),
    );
    assert!(["protanopia", "deuteranopia"].contains(&least_distance(red, green).1));
}
