;; The object of the properties. Fields are bits: 1 time, 2 $insert_id, 4 distinct_id, 8 $user_id, 16 $device_id.

(func $skipProperties (param $at i32) (result i32)
  (local $key i32)
  (local $bit i32)
  (local $byte i32)
  (local $seen i32)
  (local $filled i32)
  (block $no
    (br_if $no (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x7b))) ;; {
    (loop $members
      (local.set $at (call $skipSpace (i32.add (local.get $at) (i32.const 1))))
      (br_if $no (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x22))) ;; quote
      (local.set $key (i32.add (local.get $at) (i32.const 1)))
      (local.set $at (call $skipPlain (local.get $key)))
      (br_if $no (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x22))) ;; quote
      (local.set $bit (call $fieldBit (local.get $key) (i32.sub (local.get $at) (local.get $key))))
      (br_if $no (i32.and (local.get $seen) (local.get $bit)))
      (local.set $seen (i32.or (local.get $seen) (local.get $bit)))
      (br_if $no (i32.eqz (local.tee $at (call $skipColon (i32.add (local.get $at) (i32.const 1))))))
      (if (call $isString (local.get $at) (local.get $bit))
        (then (local.set $filled (i32.or (local.get $filled) (local.get $bit)))))
      (br_if $no (i32.eqz (local.tee $at (call $skipProperty (local.get $at) (local.get $bit)))))
      (local.set $at (call $skipSpace (local.get $at)))
      (local.set $byte (i32.load8_u (local.get $at)))
      (br_if $members (i32.eq (local.get $byte) (i32.const 0x2c)))) ;; ,
    (br_if $no (i32.ne (local.get $byte) (i32.const 0x7d))) ;; }
    (br_if $no (i32.ne (i32.and (local.get $seen) (i32.const 3)) (i32.const 3)))
    (br_if $no (i32.eqz (i32.and (local.get $filled) (i32.const 28))))
    (return (i32.add (local.get $at) (i32.const 1))))
  (i32.const 0))

;; The bit of the field that a key names, or 0.
(func $fieldBit (param $key i32) (param $length i32) (result i32)
  (if (i32.eq (local.get $length) (i32.const 4)) ;; time
    (then (return (i32.eq (i32.load (local.get $key)) (i32.load (i32.const 32))))))
  (if (i32.eq (local.get $length) (i32.const 8)) ;; $user_id
    (then (return (i32.shl (i64.eq (i64.load (local.get $key)) (i64.load (i32.const 48))) (i32.const 3)))))
  (if (i32.eq (local.get $length) (i32.const 10)) ;; $insert_id and $device_id, which end alike
    (then
      (if (i32.ne (i32.load16_u offset=8 (local.get $key)) (i32.load16_u (i32.const 72)))
        (then (return (i32.const 0))))
      (if (i64.eq (i64.load (local.get $key)) (i64.load (i32.const 64)))
        (then (return (i32.const 2))))
      (return (i32.shl (i64.eq (i64.load (local.get $key)) (i64.load (i32.const 80))) (i32.const 4)))))
  (if (i32.eq (local.get $length) (i32.const 11)) ;; distinct_id
    (then
      (if (i32.ne (i32.load offset=7 (local.get $key)) (i32.load (i32.const 103)))
        (then (return (i32.const 0))))
      (return (i32.shl (i64.eq (i64.load (local.get $key)) (i64.load (i32.const 96))) (i32.const 2)))))
  (i32.const 0))

;; Of an identity, whether there is one; only distinct_id may be empty.
(func $isString (param $at i32) (param $bit i32) (result i32)
  (i32.and
    (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x22)) ;; quote
    (i32.or
      (i32.eq (local.get $bit) (i32.const 4))
      (i32.ne (i32.load8_u offset=1 (local.get $at)) (i32.const 0x22))))) ;; quote

(func $skipProperty (param $at i32) (param $bit i32) (result i32)
  (if (i32.eq (local.get $bit) (i32.const 1))
    (then (return (call $skipTime (local.get $at)))))
  (if (i32.eq (local.get $bit) (i32.const 2))
    (then (return (call $skipInsertId (local.get $at)))))
  (call $skipValue (local.get $at)))

;; An integer of at most 16 bytes, sign included.
(func $skipTime (param $from i32) (result i32)
  (local $at i32)
  (local $byte i32)
  (local.set $at (call $skipInteger (local.get $from)))
  (block $no
    ;; No integer is address 0, which is as far away as can be.
    (br_if $no (i32.gt_u (i32.sub (local.get $at) (local.get $from)) (i32.const 16)))
    (local.set $byte (i32.load8_u (local.get $at)))
    (br_if $no (i32.eq (local.get $byte) (i32.const 0x2e))) ;; .
    (br_if $no (i32.eq (i32.or (local.get $byte) (i32.const 0x20)) (i32.const 0x65))) ;; e E
    (return (local.get $at)))
  (i32.const 0))

;; A string of 1 to 36 letters, digits and hyphens. Whether it is banned is left to whoever called $check.
(func $skipInsertId (param $from i32) (result i32)
  (local $at i32)
  (local $bytes v128)
  (local $count i32)
  (local $length i32)
  (block $no
    (br_if $no (i32.ne (i32.load8_u (local.get $from)) (i32.const 0x22))) ;; quote
    (local.set $from (i32.add (local.get $from) (i32.const 1)))
    (local.set $at (local.get $from))
    (loop $more
      (local.set $bytes (v128.load (local.get $at)))
      (local.set $count
        (call $leading
          (v128.or
            (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x2d))) ;; -
            (v128.or
              (call $areBetween (local.get $bytes) (i32.const 0x30) (i32.const 9)) ;; 0 to 9
              (call $areBetween ;; a to z, A to Z
                (v128.or (local.get $bytes) (i8x16.splat (i32.const 0x20)))
                (i32.const 0x61)
                (i32.const 25))))))
      (local.set $at (i32.add (local.get $at) (local.get $count)))
      (br_if $more (i32.eq (local.get $count) (i32.const 16))))
    (br_if $no (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x22))) ;; quote
    (local.set $length (i32.sub (local.get $at) (local.get $from)))
    (br_if $no (i32.eqz (local.get $length)))
    (br_if $no (i32.gt_u (local.get $length) (i32.const 36)))
    (global.set $insertId (i32.or (i32.shl (local.get $from) (i32.const 6)) (local.get $length)))
    (return (i32.add (local.get $at) (i32.const 1))))
  (i32.const 0))
