//! Gives memory back to the system.

/// Gives back what this process has freed: the GNU C library keeps it, but for what is at the end of its heap
/// (`malloc_trim(3)`). Other libraries have no such call.
#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "there is no safe function that does it")]
pub(super) fn give_back() {
    // SAFETY: it takes no pointer, and any thread may call it at any time.
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(not(target_env = "gnu"))]
pub(super) fn give_back() {}
