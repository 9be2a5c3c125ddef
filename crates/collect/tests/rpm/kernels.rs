//! The kernels of a host of rpm's.

use crate::host::{Host, SPEC};
use model::wire::sections::Kernel;

#[test]
fn kernels_are_told_by_the_image_among_their_files() {
    let host = Host::new();
    host.install(SPEC);
    host.write("boot/vmlinuz-5.14.0-362.8.1.el9_3.x86_64", "");
    host.write("boot/vmlinuz-0-rescue-4a5b6c7d8e9f", "");
    host.write("boot/vmlinuz-6.1.0-own", "");
    let runtime = host.collect().runtime.unwrap();
    let kernel = |release: &str, package: &str, version: &str| Kernel {
        package: package.into(),
        release: release.into(),
        version: version.into(),
    };
    // `kernel`, without files, would come to the same release as `kernel-core`: the image is the latter's.
    let wanted = [
        kernel("5.14.0-362.8.1.el9_3.x86_64", "kernel-core", "5.14.0-362.8.1.el9_3"),
        kernel("5.14.0-70.el9.x86_64", "kernel-old", "5.14.0-70.el9"),
        kernel("6.1.0-own", "", ""),
    ];
    assert_eq!(runtime.kernels, wanted);
    // As numbers 362 is more than 70; 6.1 is the greatest.
    assert_eq!(runtime.next_kernel, "6.1.0-own");
    host.write("etc/default/grub", "GRUB_DEFAULT=saved\n");
    host.write("boot/grub2/grub.cfg", "insmod blscfg\nblscfg\n");
    host.write("boot/grub2/grubenv", "saved_entry=4a5b6c7d8e9f-5.14.0-70.el9.x86_64\n");
    assert_eq!(host.collect().runtime.unwrap().next_kernel, "5.14.0-70.el9.x86_64");
}
