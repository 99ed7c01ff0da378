//! A kernel allocates on its first run with a transform and a size, and never again. The global allocator aborts the test if it does.

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use netbend_models::bends::transform::{MapSize, Maps, Scratch, TransformKind};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

#[test]
fn no_transform_allocates_for_a_size_it_has_served() {
    let size = MapSize {
        rows: 17,
        columns: 65,
    };
    let mut map = vec![0.5; size.rows * size.columns];
    let mut scratch = Scratch::new();
    for kind in TransformKind::ALL {
        // The widest reach takes the most memory.
        let mut run = |parameter: f32| {
            let maps = Maps::single(&mut map, size);
            kind.apply(maps, [parameter, 0.1], 0.5, &mut scratch);
        };
        run(64.0);
        assert_no_alloc(|| {
            for parameter in [0.3, 1.5, 20.0, 64.0] {
                run(parameter);
            }
        });
    }
}
