//! Numbers too small to matter are zero on the threads that infer: some processors are a hundred times slower with them.
//!
//! ONNX Runtime's own setting reaches only the thread that makes the process's first session, and those that infer make none.

/// Flushes denormal floats to zero, in and out, on the calling thread from now on.
pub(super) fn flush() {
    #[cfg(target_arch = "x86_64")]
    {
        /// Flush to zero, and denormals are zero.
        const BITS: u32 = 1 << 15 | 1 << 6;
        let mut state: u32 = 0;
        // SAFETY: both instructions touch `state` and this thread's own control register alone; no flag that is set changes what is
        // defined of a computation but for denormal values.
        unsafe {
            std::arch::asm!("stmxcsr [{}]", in(reg) &mut state, options(nostack));
            state |= BITS;
            std::arch::asm!("ldmxcsr [{}]", in(reg) &state, options(nostack));
        }
    }
    #[cfg(target_arch = "aarch64")]
    {
        /// Flush to zero.
        const BIT: u64 = 1 << 24;
        let mut state: u64;
        // SAFETY: as above.
        unsafe {
            std::arch::asm!("mrs {}, fpcr", out(reg) state, options(nomem, nostack));
            std::arch::asm!("msr fpcr, {}", in(reg) state | BIT, options(nomem, nostack));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    #[test]
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    fn a_denormal_product_is_zero_on_the_thread_that_asked_alone() {
        let product = || black_box(f32::MIN_POSITIVE) * black_box(0.25);
        let flushed = std::thread::spawn(move || {
            super::flush();
            product()
        });
        assert_eq!(flushed.join().unwrap(), 0.0);
        assert!(product() > 0.0);
    }
}
