//go:build !windows

package locale

import (
	"cmp"
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"fermata/app/config"
	"fermata/checks/files"
	"fermata/checks/text"
)

// How the locales of glibc 2.36 write times (localedata/locales, LC_TIME): twelve holds those whose t_fmt
// counts to twelve (%I, %l, %r), and monthFirst those whose d_fmt begins with the month, or with the year
// where dates in words (d_t_fmt) do so too. All others write "15:04" and "20 May".
var (
	twelve = []string{
		"aa_DJ", "aa_ER", "aa_ET", "ak_GH", "am_ET", "anp_IN", "ar_AE", "ar_BH", "ar_DZ", "ar_EG", "ar_IN", "ar_IQ", "ar_JO",
		"ar_KW", "ar_LB", "ar_LY", "ar_OM", "ar_QA", "ar_SD", "ar_SS", "ar_SY", "ar_TN", "ar_YE", "as_IN", "bhb_IN",
		"bho_IN", "bho_NP", "bi_VU", "bn_BD", "bn_IN", "brx_IN", "byn_ER", "chr_US", "ckb_IQ", "doi_IN", "el_CY", "el_GR",
		"en_CA", "en_HK", "en_IN", "en_PH", "en_US", "fil_PH", "gd_GB", "gez_ER", "gez_ET", "gu_IN", "ha_NG", "hi_IN",
		"hif_FJ", "hne_IN", "hy_AM", "ig_NG", "ik_CA", "iu_CA", "kn_IN", "kok_IN", "ks_IN", "mag_IN", "mai_IN", "mai_NP",
		"mjw_IN", "ml_IN", "mni_IN", "mr_IN", "ms_MY", "om_ET", "om_KE", "pa_IN", "quz_PE", "raj_IN", "sa_IN", "sat_IN",
		"sd_IN", "shs_CA", "sid_ET", "sm_WS", "so_DJ", "so_ET", "so_SO", "sq_AL", "sq_MK", "sw_KE", "sw_TZ", "ta_IN",
		"tcy_IN", "te_IN", "the_NP", "ti_ER", "ti_ET", "tig_ER", "tl_PH", "to_TO", "tpi_PG", "ur_IN", "wal_ET", "yo_NG",
		"zh_HK",
	}
	monthFirst = []string{
		"ak_GH", "chr_US", "cmn_TW", "en_CA", "en_US", "eu_ES", "eu_FR", "fil_PH", "hak_TW", "hu_HU", "ja_JP", "ko_KR",
		"lt_LT", "mn_MN", "nan_TW", "sgs_LT", "tl_PH", "yue_HK", "zh_CN", "zh_HK", "zh_SG", "zh_TW",
	}
)

// style is that of the locale for times, as setlocale(3) finds it: $LC_ALL, $LC_TIME, $LANG.
func style() text.Style {
	locale, _, _ := strings.Cut(cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_TIME"), os.Getenv("LANG")), "@")
	locale, _, _ = strings.Cut(locale, ".")
	return text.Style{Hours12: slices.Contains(twelve, locale), MonthFirst: slices.Contains(monthFirst, locale)}
}

// localtime is the file of the system's time zone, or a link to it. Tests have another.
var localtime = "/etc/localtime"

// maxZone is the most that it may have, in bytes: the largest has four thousand.
const maxZone = 64 << 10

// read is what localtime held last.
var read struct {
	sync.Mutex
	file os.FileInfo
	zone *time.Location
}

func zone() *time.Location {
	if _, chosen := os.LookupEnv("TZ"); chosen {
		return time.Local
	}
	read.Lock()
	defer read.Unlock()
	if read.zone == nil {
		read.zone = time.Local
	}
	file, err := os.Stat(localtime)
	if err != nil || read.file != nil && os.SameFile(file, read.file) && file.ModTime().Equal(read.file.ModTime()) {
		return read.zone
	}
	data, err := files.Read(localtime, maxZone)
	if err != nil {
		return read.zone
	}
	if zone, err := time.LoadLocationFromTZData("Local", data); err == nil {
		read.file, read.zone = file, zone
	}
	return read.zone
}

// Watch tells when the time zone may have changed, until ctx ends; nil: nobody tells.
func Watch(ctx context.Context) (<-chan struct{}, error) {
	if _, chosen := os.LookupEnv("TZ"); chosen {
		return nil, nil
	}
	return config.Watch(ctx, localtime)
}
