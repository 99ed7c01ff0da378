//! Watches a thread while it is inside the plugin's `process`: what it allocates, which locks it takes through the system's library, and which
//! system calls it makes.
//!
//! | what | how it is seen |
//! |---|---|
//! | allocation | the program has `malloc` and its relatives of its own ([`watch_library`](crate::watch_library)), which the plugin calls, too |
//! | locks of the library | likewise `pthread_mutex_lock` and its relatives |
//! | system calls | Linux's *syscall user dispatch* (5.11 and later): while a byte says so, the calling thread gets a signal instead |
//!
//! A lock of Rust's own that is free is a swap of one atomic, which nothing can see from outside; one that is held calls the system.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod trace;

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};

/// What is not to be done there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Deed {
    /// Memory taken or given back.
    Allocation = 0,
    /// A lock taken, or something waited for.
    Lock = 1,
    /// The system called.
    SystemCall = 2,
}

thread_local! {
    /// Whether the thread is inside.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
    /// Whether it is watched there.
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    /// Whether its system calls can be seen, once that was tried.
    static SET_UP: Cell<Option<bool>> = const { Cell::new(None) };
}

/// Whether system calls are let through: one byte for the one thread that is watched.
static SELECTOR: AtomicU8 = AtomicU8::new(0);
static DEEDS: [AtomicUsize; 3] = [const { AtomicUsize::new(0) }; 3];
static CALLS: AtomicU64 = AtomicU64::new(0);
/// The number of the system call seen last.
static LAST: AtomicUsize = AtomicUsize::new(usize::MAX);

/// What was seen so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Calls that were watched.
    pub calls: u64,
    /// Allocations in them.
    pub allocations: usize,
    /// Locks of the system's library.
    pub locks: usize,
    /// System calls; at most one is counted in a call.
    pub system_calls: usize,
    /// The number of the last of them.
    pub last_system_call: Option<usize>,
}

impl Seen {
    /// What was seen up to now.
    pub fn now() -> Self {
        let of = |deed: Deed| DEEDS[deed as usize].load(Ordering::Relaxed);
        let last = LAST.load(Ordering::Relaxed);
        Self {
            calls: CALLS.load(Ordering::Relaxed),
            allocations: of(Deed::Allocation),
            locks: of(Deed::Lock),
            system_calls: of(Deed::SystemCall),
            last_system_call: (last != usize::MAX).then_some(last),
        }
    }

    /// How many things were done that are not to be.
    pub fn violations(&self) -> usize {
        self.allocations + self.locks + self.system_calls
    }
}

/// Does `call`; on a thread that is [watched](watch) what it does is seen. Both hosts call `process` so.
pub fn inside<T>(call: impl FnOnce() -> T) -> T {
    if !WATCHED.get() {
        return call();
    }
    CALLS.fetch_add(1, Ordering::Relaxed);
    INSIDE.set(true);
    SELECTOR.store(BLOCK, Ordering::SeqCst);
    let done = call();
    SELECTOR.store(ALLOW, Ordering::SeqCst);
    INSIDE.set(false);
    done
}

/// Notes a deed of the calling thread, where it is inside. For what is called in the library's place: takes no memory and no lock.
pub fn note(deed: Deed) {
    // A thread that ends has no such value any more.
    if INSIDE.try_with(Cell::get) == Ok(true) {
        DEEDS[deed as usize].fetch_add(1, Ordering::Relaxed);
        // What finds out where we are is not the plugin's.
        INSIDE.set(false);
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        trace::leave();
        INSIDE.set(true);
    }
}

/// Where the first deeds were done, as far as symbols tell.
pub fn traces() -> String {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    return trace::read();
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    String::new()
}

const ALLOW: u8 = 0;
const BLOCK: u8 = 1;

/// Stops watching the calling thread.
pub fn unwatch() {
    WATCHED.set(false);
}

/// Watches the calling thread from now on, one thread at a time. Returns whether system calls are seen, too; allocations and locks are where
/// the program has [its own](crate::watch_library).
pub fn watch() -> bool {
    let seen = SET_UP.get().unwrap_or_else(|| {
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        trace::prepare();
        let seen = watch_system_calls();
        SET_UP.set(Some(seen));
        seen
    });
    WATCHED.set(true);
    seen
}

#[cfg(not(target_os = "linux"))]
fn watch_system_calls() -> bool {
    false
}

#[cfg(target_os = "linux")]
fn watch_system_calls() -> bool {
    const PR_SET_SYSCALL_USER_DISPATCH: libc::c_int = 59;
    const ON: libc::c_ulong = 1;
    // SAFETY: the handler touches atomics and its own thread's values alone; the selector lives as long as the process.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_system_call as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO;
        libc::sigaction(libc::SIGSYS, &action, std::ptr::null_mut());
        let selector = SELECTOR.as_ptr();
        libc::prctl(PR_SET_SYSCALL_USER_DISPATCH, ON, 0, 0, selector) == 0
    }
}

/// The system was called inside: notes it, and does it after all, so that the plugin goes on as it would. The rest of that call of the plugin is
/// let through, since returning from a signal is a system call itself.
#[cfg(target_os = "linux")]
extern "C" fn on_system_call(
    _: libc::c_int,
    info: *mut libc::siginfo_t,
    context: *mut libc::c_void,
) {
    SELECTOR.store(ALLOW, Ordering::SeqCst);
    note(Deed::SystemCall);
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the kernel's structures, in a handler of that signal; the call is done with the arguments it was called with.
    unsafe {
        let _ = info;
        let registers = &mut (*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs;
        let of = |place: libc::c_int| registers[place as usize];
        let number = of(libc::REG_RAX);
        LAST.store(number as usize, Ordering::Relaxed);
        let result = libc::syscall(
            number,
            of(libc::REG_RDI),
            of(libc::REG_RSI),
            of(libc::REG_RDX),
            of(libc::REG_R10),
            of(libc::REG_R8),
            of(libc::REG_R9),
        );
        let failed = i64::from(-*libc::__errno_location());
        registers[libc::REG_RAX as usize] = if result == -1 { failed } else { result };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (info, context);
}

/// Gives the program that says this `malloc`, `pthread_mutex_lock` and their relatives of its own, which are seen: the plugins it loads call
/// them, too. Linux with glibc; elsewhere nothing.
#[macro_export]
macro_rules! watch_library {
    () => {
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        #[allow(missing_docs, clippy::missing_safety_doc, clippy::undocumented_unsafe_blocks)]
        mod watched_library {
            use std::ffi::{c_int, c_void};
            use $crate::guard::{Deed, note};

            // glibc's own, under the names it keeps for whoever takes their place.
            unsafe extern "C" {
                fn __libc_malloc(size: usize) -> *mut c_void;
                fn __libc_calloc(count: usize, size: usize) -> *mut c_void;
                fn __libc_realloc(old: *mut c_void, size: usize) -> *mut c_void;
                fn __libc_memalign(alignment: usize, size: usize) -> *mut c_void;
                fn __libc_free(old: *mut c_void);
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
                note(Deed::Allocation);
                unsafe { __libc_malloc(size) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
                note(Deed::Allocation);
                unsafe { __libc_calloc(count, size) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn realloc(old: *mut c_void, size: usize) -> *mut c_void {
                note(Deed::Allocation);
                unsafe { __libc_realloc(old, size) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn memalign(alignment: usize, size: usize) -> *mut c_void {
                note(Deed::Allocation);
                unsafe { __libc_memalign(alignment, size) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn aligned_alloc(alignment: usize, size: usize) -> *mut c_void {
                note(Deed::Allocation);
                unsafe { __libc_memalign(alignment, size) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn posix_memalign(
                out: *mut *mut c_void,
                alignment: usize,
                size: usize,
            ) -> c_int {
                note(Deed::Allocation);
                unsafe {
                    let made = __libc_memalign(alignment, size);
                    if made.is_null() {
                        return 12; // ENOMEM
                    }
                    *out = made;
                }
                0
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn free(old: *mut c_void) {
                if !old.is_null() {
                    note(Deed::Allocation);
                }
                unsafe { __libc_free(old) }
            }

            $crate::watched_locks! { pthread_mutex_lock pthread_rwlock_rdlock pthread_rwlock_wrlock pthread_spin_lock sem_wait }
        }
    };
}

/// Functions that wait for a lock, noted and left to the library's own, which is found at the first call. For
/// [`watch_library`](crate::watch_library).
#[macro_export]
macro_rules! watched_locks {
    ($($name:ident)*) => { $(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(lock: *mut c_void) -> c_int {
            use std::sync::atomic::{AtomicUsize, Ordering};
            static REAL: AtomicUsize = AtomicUsize::new(0);
            note(Deed::Lock);
            let mut real = REAL.load(Ordering::Relaxed);
            if real == 0 {
                let name = concat!(stringify!($name), "\0");
                real = unsafe { $crate::guard::next(name.as_ptr()) };
                REAL.store(real, Ordering::Relaxed);
            }
            let real: unsafe extern "C" fn(*mut c_void) -> c_int =
                unsafe { std::mem::transmute(real) };
            unsafe { real(lock) }
        }
    )* };
}

/// The address of the library's own function of that name. For [`watch_library`](crate::watch_library).
///
/// # Safety
/// The name must end in a zero.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub unsafe fn next(name: *const u8) -> usize {
    // SAFETY: as the caller promises.
    unsafe { libc::dlsym(libc::RTLD_NEXT, name.cast()) as usize }
}
