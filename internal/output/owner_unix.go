// SPDX-License-Identifier: Apache-2.0

//go:build unix

package output

import (
	"os"
	"syscall"
)

// keepOwner gives a file the owner and group that another one has. Only root can, and for others it is as with any new file.
func keepOwner(f *os.File, of os.FileInfo) {
	old, isOld := of.Sys().(*syscall.Stat_t)
	info, err := f.Stat()
	if err != nil || !isOld || os.Geteuid() != 0 {
		return
	}
	if now, isNow := info.Sys().(*syscall.Stat_t); isNow && (now.Uid != old.Uid || now.Gid != old.Gid) {
		_ = f.Chown(int(old.Uid), int(old.Gid)) // some file systems have none
	}
}
