import Foundation
import Testing

@testable import Sandbox

/// What a hostile program sees and reaches; the names are those of the list of attacks that they come from.
@Suite(.wantsNamespaces) struct InsideTests {
    private let bench: Bench

    init() async throws { bench = try await Bench() }

    @Test("SB01 nobody, without any power") func identity() async throws {
        let ended = try await bench.shell("id -u; grep -E 'Cap|Seccomp:|NoNew|Groups' /proc/self/status")
        #expect(ended.output.hasPrefix("65534\n"))
        #expect(ended.output.contains("NoNewPrivs:\t1") && ended.output.contains("Seccomp:\t2"))
        let powers = ended.output.split(separator: "\n").filter { $0.hasPrefix("Cap") }
        #expect(powers.count == 5 && powers.allSatisfy { $0.hasSuffix("\t0000000000000000") })
    }

    @Test("SB05 no environment, no host path, no descriptor of ours") func processTable() async throws {
        setenv("ALMA_TEST_HIDDEN", "hunter2", 1)
        let ended = try await bench.shell(
            """
            cat /proc/1/environ /proc/*/environ; env
            tr '\\0' ' ' </proc/1/cmdline; echo
            readlink /proc/self/fd/* /proc/1/fd/*; ls /proc | grep -c '^[0-9]'
            """
        )
        #expect(!ended.text.contains("hunter2"))
        #expect(!ended.text.contains("/tmp/alma-sandbox") && !ended.text.contains("memfd"))
        #expect(!ended.text.contains("socket:"))
    }

    @Test("SB06 the kernel tells nothing and takes nothing") func kernel() async throws {
        let ended = try await bench.shell(
            """
            for path in /proc/kcore /dev/mem /dev/kmsg; do head -c 1 $path >/dev/null 2>&1 && echo "READ $path"; done
            awk '$1 !~ /^0+$/ { print "ADDRESS", $1; exit }' /proc/kallsyms 2>/dev/null
            for path in /proc/sys/kernel/hostname /proc/sysrq-trigger /proc/sys/kernel/core_pattern /proc/self/oom_score_adj
            do { echo -900 >$path; } 2>/dev/null && echo "WROTE $path"; done
            dmesg >/dev/null 2>&1 && echo DMESG
            ls /sys 2>/dev/null | grep . && echo SYS
            true
            """
        )
        #expect(ended.text == "")
    }

    @Test("SB07 no network, whatever the family") func network() async throws {
        let ended = try await bench.python(
            """
            import socket
            def attempt(name, *make, to=None, send=False):
                try:
                    s = socket.socket(*make); s.settimeout(1)
                    if send: s.sendto(b'x', to)
                    elif to: s.connect(to)
                    print('REACHED', name)
                except OSError as e: print(name, e.errno)
            I, S, D = socket.AF_INET, socket.SOCK_STREAM, socket.SOCK_DGRAM
            for to in (('127.0.0.1', 5432), ('1.1.1.1', 53), ('169.254.169.254', 80)): attempt(to[0], I, S, to=to)
            attempt('udp', I, D, to=('1.1.1.1', 53), send=True)
            attempt('multicast', I, D, to=('224.0.0.251', 5353), send=True)
            attempt('v6', socket.AF_INET6, S, to=('::1', 5432))
            attempt('raw', I, socket.SOCK_RAW, 1)
            for family in (socket.AF_VSOCK, socket.AF_PACKET, socket.AF_ALG, socket.AF_BLUETOOTH):
                attempt(str(int(family)), family, S)
            try: print('REACHED', socket.getaddrinfo('example.com', 80))
            except OSError: print('names none')
            """
        )
        #expect(!ended.output.contains("REACHED"))
        for family in [40, 17, 38, 31] { #expect(ended.output.contains("\(family) 97"), "EAFNOSUPPORT") }
        #expect(ended.output.contains("names none"))
    }

    @Test("SB08 no socket of the host's") func sockets() async throws {
        let listener = try AbstractSocket(name: "alma-test-abstract")
        let ended = try await bench.python(
            """
            import socket
            for path in ('/var/run/postgresql/.s.PGSQL.5432', '/run/docker.sock', '/run/dbus/system_bus_socket',
                         '\\0alma-test-abstract'):
                try: socket.socket(socket.AF_UNIX).connect(path); print('REACHED', path)
                except OSError as e: print(e.errno)
            """
        )
        withExtendedLifetime(listener) {}
        #expect(ended.output == "2\n2\n2\n111\n")
    }

    @Test("SB09 no namespaces, no mounts") func namespaces() async throws {
        let ended = try await bench.python(
            """
            import ctypes, os
            c = ctypes.CDLL(None, use_errno=True)
            def call(name, *a):
                ctypes.set_errno(0)
                print(name, 'DONE' if getattr(c, name)(*a) >= 0 else ctypes.get_errno())
            for flag in (0x10000000, 0x20000, 0x40000000): call('unshare', flag)
            call('mount', b'none', b'/tmp', b'tmpfs', 0, None)
            call('chroot', b'/tmp')
            call('setns', os.open('/proc/self/ns/net', os.O_RDONLY), 0)
            call('syscall', 435, 0, 0)
            call('syscall', 56, 0x10000000 | 17, 0, 0, 0, 0)
            call('umount2', b'/tmp', 2)
            """
        )
        #expect(!ended.output.contains("DONE"))
        #expect(ended.output.contains("syscall 38"), "clone3 is not there")
        #expect(
            try await bench.shell("bwrap --unshare-user --ro-bind / / true && echo NESTED; unshare -Ur true && echo NS")
                .output == ""
        )
    }

    @Test(
        "SB10 no call that reaches around the namespaces",
        .enabled(if: Host.isX86, "the numbers of the calls are those of x86-64")
    )
    func calls() async throws {
        let ended = try await bench.python(
            """
            import ctypes, os, mmap, subprocess, sys
            c = ctypes.CDLL(None, use_errno=True)
            for name, number, *a in (('io_uring_setup', 425, 8, ctypes.create_string_buffer(256)), ('keyctl', 250, 0, -3, 0),
                    ('add_key', 248, 0, 0, 0, 0, 0), ('ptrace', 101, 16, 1, 0, 0), ('bpf', 321, 0, 0, 0),
                    ('userfaultfd', 323, 1), ('perf_event_open', 298, 0, 0, -1, -1, 0), ('open_by_handle_at', 304, 0, 0, 0),
                    ('process_vm_readv', 310, 1, 0, 0, 0, 0, 0), ('personality', 135, 0x20000), ('futuristic', 500, 0)):
                ctypes.set_errno(0)
                print(name, 'DONE' if c.syscall(number, *a) >= 0 else ctypes.get_errno())
            def dies(code):
                child = os.fork()
                if child == 0:
                    memory = mmap.mmap(-1, 4096, prot=7)
                    memory.write(code)
                    ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))()
                    os._exit(0)
                return os.WTERMSIG(os.waitpid(child, 0)[1])
            print('int80', dies(b'\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3'))
            print('x32', dies(b'\\xb8\\x27\\x00\\x00\\x40\\x0f\\x05\\xc3'))
            """
        )
        #expect(!ended.output.contains("DONE"), "\(ended.output)")
        for line in ["io_uring_setup 38", "keyctl 1", "ptrace 1", "bpf 1", "futuristic 38", "int80 31", "x32 31"] {
            #expect(ended.output.contains(line), "\(line) in \(ended.text)")
        }
    }

    @Test("SB11 nothing is typed into a terminal") func terminal() async throws {
        let ended = try await bench.python(
            """
            import ctypes, os, pty
            try: os.open('/dev/tty', os.O_RDWR); print('TTY')
            except OSError as e: print(e.errno)
            master, slave = pty.openpty()
            c = ctypes.CDLL(None, use_errno=True)
            for request in (0x5412, 0x541C, 0x5412 | 1 << 32, 0x541C | 7 << 40):
                ctypes.set_errno(0)
                r = c.ioctl(slave, ctypes.c_ulong(request), ctypes.create_string_buffer(b'x'))
                print('DONE' if r >= 0 else ctypes.get_errno())
            """
        )
        #expect(ended.output == "6\n1\n1\n1\n1\n", "\(ended.text)")
    }

    @Test("SB13 no other process can be ended") func signals() async throws {
        async let neighbour = Bench().shell("sleep 0.5; exit 5")
        let ended = try await bench.shell(
            "kill -9 \(getpid()) $PPID; kill -STOP 1; echo here; kill -9 -1; sleep 9 & kill -9 -1"
        )
        #expect(ended.output == "here\n" && ended.error.contains("No such process"))
        #expect(try await neighbour.result.exitCode == 5)
    }

    @Test("SB18 only its own folder and /tmp can be written") func writing() async throws {
        let ended = try await bench.shell(
            """
            for path in /etc/x /usr/x /usr/bin/x /x /dev/x /run/x /run/program /proc/sys/x /etc/passwd /usr/local/x; do
                { echo x >$path; } 2>/dev/null && echo "WROTE $path"
            done
            echo x >/tmp/x && echo x >/workspace/x && echo x >/dev/shm/x && echo fine
            """
        )
        #expect(ended.output == "fine\n")
    }

    @Test("SB19 nothing of the host's files") func reading() async throws {
        let ended = try await bench.shell(
            """
            for path in /root /home /srv /opt /var /mnt /media /boot /sys /etc/shadow /etc/hostname /etc/ssh \\
                /usr/local/bin /usr/local/share /etc/resolv.conf /tmp/alma-sandbox*; do [ -e "$path" ] && echo "SAW $path"; done
            ls /tmp; getent passwd | cut -d: -f1 | tr '\\n' ' '
            """
        )
        #expect(ended.output == "root sandbox ")
    }

    @Test("SB26 standard input is at its end") func input() async throws {
        #expect(try await bench.shell("cat; echo $?").output == "0\n")
        #expect(try await bench.python("import sys; print(repr(sys.stdin.read()))").output == "''\n")
    }

    @Test("SB27 any bytes come through as they are") func bytes() async throws {
        var bytes: [UInt8] = []
        let command = SandboxCommand(["/usr/bin/printf", "\\377\\000\\033[31m\\n"])
        _ = try await bench.sandbox.run(command, in: bench.folder.workspace) { bytes += $0.bytes }
        #expect(bytes == [255, 0, 27] + Array("[31m\n".utf8))
    }

    @Test("SB27 a line without an end is cut") func longLine() async throws {
        let ended = try await bench.shell("head -c 20M /dev/zero | tr '\\0' x") { $0.output = 100_000 }
        #expect(ended.result.exitCode == 0 && ended.output == String(repeating: "x", count: 100_000))
        #expect(ended.result.lostOutput == 20 << 20 - 100_000)
    }

    @Test("SB24 two at once neither see nor reach each other") func neighbours() async throws {
        let other = try await Bench()
        async let first = bench.shell("echo secret >/tmp/x; echo secret >/dev/shm/x; exec -a neighbour sleep 1")
        async let second = other.shell(
            "for i in 1 2 3 4 5 6 7 8; do cat /tmp/x /dev/shm/x /proc/[0-9]*/cmdline | grep -a -E 'secre[t]|neighbou[r]'; sleep 0.1; done"
        )
        #expect(try await second.output == "")
        #expect(try await first.result.exitCode == 0)
    }
}

enum Host {
    #if arch(x86_64)
        static let isX86 = true
    #else
        static let isX86 = false
    #endif
}

/// A listening socket in the abstract name space, which belongs to the network and not to the files.
final class AbstractSocket: Sendable {
    private let descriptor: Descriptor

    init(name: String) throws {
        descriptor = Descriptor(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0[1...].copyBytes(from: name.utf8) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.utf8.count)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor.number, $0, size) }
        }
        guard bound == 0, listen(descriptor.number, 4) == 0 else { throw SandboxError("bind", errno: errno) }
    }
}
