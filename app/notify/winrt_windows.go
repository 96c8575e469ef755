package notify

import (
	"errors"
	"fmt"
	"syscall"
	"unsafe"

	"github.com/go-ole/go-ole"
)

// The interfaces of the Windows Runtime that toasts need, as windows.ui.notifications.idl and
// windows.data.xml.dom.idl of the Windows SDK have them.
var (
	iidXMLDocument   = ole.NewGUID("{F7F3A506-1E87-42D6-BCFB-B8C809FA5494}")
	iidXMLDocumentIO = ole.NewGUID("{6CD0E74E-EE65-4489-9EBF-CA43E87BA637}")
	iidToastFactory  = ole.NewGUID("{04124B20-82C6-4229-B109-FD9ED4662B53}")
	iidToast2        = ole.NewGUID("{9DFB9FD1-143A-490E-90BF-B9FBA7132DE7}")
	iidToastManager  = ole.NewGUID("{50AC103F-D235-4598-BBEF-98FE4D1A3AD4}")
	iidToastManager2 = ole.NewGUID("{7AB93C52-0E48-4750-BA9D-1A4113981847}")
)

// The methods' places in their interfaces' tables. The first six are those of IInspectable.
const (
	xmlDocumentIOLoadXML         = 6
	toastFactoryCreate           = 6
	toast2PutTag                 = 6
	toast2PutGroup               = 8
	toast2PutSuppressPopup       = 10
	toastManagerCreateNotifier   = 7 // CreateToastNotifierWithId
	toastManager2GetHistory      = 6
	toastNotifierShow            = 6
	toastHistoryRemoveGroupedTag = 8 // RemoveGroupedTagWithId
)

// toasts talks to the Windows Runtime. A nil *toasts has nothing to remove.
type toasts struct {
	factory           *ole.IUnknown // IToastNotificationFactory
	notifier, history *ole.IUnknown
}

// openToasts prepares the calling thread, on which all methods must be called.
func openToasts() (*toasts, error) {
	if err := register(); err != nil {
		return nil, fmt.Errorf("register for toasts: %w", err)
	}
	const multithreaded, alreadyDone = 1, 1 // the latter is S_FALSE
	if err := ole.RoInitialize(multithreaded); err != nil {
		if code, ok := errors.AsType[*ole.OleError](err); !ok || code.Code() != alreadyDone {
			return nil, fmt.Errorf("initialise the Windows Runtime: %w", err)
		}
	}
	t := new(toasts)
	factory, err := ole.RoGetActivationFactory("Windows.UI.Notifications.ToastNotification", iidToastFactory)
	if err != nil {
		return nil, fmt.Errorf("ToastNotification: %w", err)
	}
	t.factory = &factory.IUnknown
	const manager = "Windows.UI.Notifications.ToastNotificationManager"
	creator, err := ole.RoGetActivationFactory(manager, iidToastManager)
	if err != nil {
		return nil, fmt.Errorf("ToastNotificationManager: %w", err)
	}
	defer creator.Release()
	err = withString(appID, func(id uintptr) error {
		return invoke(&creator.IUnknown, toastManagerCreateNotifier, id, uintptr(unsafe.Pointer(&t.notifier)))
	})
	if err != nil {
		return nil, fmt.Errorf("CreateToastNotifier: %w", err)
	}
	statics, err := ole.RoGetActivationFactory(manager, iidToastManager2)
	if err != nil {
		return nil, fmt.Errorf("ToastNotificationManager: %w", err)
	}
	defer statics.Release()
	if err := invoke(&statics.IUnknown, toastManager2GetHistory, uintptr(unsafe.Pointer(&t.history))); err != nil {
		return nil, fmt.Errorf("ToastNotificationHistory: %w", err)
	}
	return t, nil
}

// show shows a toast in the place of the one with the same tag. A quiet one goes to the notification
// centre only.
func (t *toasts) show(xml, tag string, quiet bool) error {
	document, err := load(xml)
	if err != nil {
		return fmt.Errorf("XmlDocument: %w", err)
	}
	defer document.Release()
	var toast *ole.IUnknown
	if err := invoke(t.factory, toastFactoryCreate, uintptr(unsafe.Pointer(document)), uintptr(unsafe.Pointer(&toast))); err != nil {
		return fmt.Errorf("CreateToastNotification: %w", err)
	}
	defer toast.Release()
	if err := label(toast, tag, quiet); err != nil {
		return fmt.Errorf("ToastNotification: %w", err)
	}
	if err := invoke(t.notifier, toastNotifierShow, uintptr(unsafe.Pointer(toast))); err != nil {
		return fmt.Errorf("Show: %w", err)
	}
	return nil
}

// label sets what the interface IToastNotification2 has to set.
func label(toast *ole.IUnknown, tag string, quiet bool) error {
	toast2, err := query(toast, iidToast2)
	if err != nil {
		return err
	}
	defer toast2.Release()
	suppress := uintptr(0)
	if quiet {
		suppress = 1
	}
	return errors.Join(
		withString(tag, func(s uintptr) error { return invoke(toast2, toast2PutTag, s) }),
		withString(group, func(s uintptr) error { return invoke(toast2, toast2PutGroup, s) }),
		invoke(toast2, toast2PutSuppressPopup, suppress),
	)
}

// remove takes a toast off the screen and out of the notification centre. That it was not there any
// more is no error worth telling.
func (t *toasts) remove(tag string) {
	if t == nil {
		return
	}
	withString(tag, func(tag uintptr) error {
		return withString(group, func(group uintptr) error {
			return withString(appID, func(id uintptr) error {
				return invoke(t.history, toastHistoryRemoveGroupedTag, tag, group, id)
			})
		})
	})
}

// load returns the IXmlDocument of xml.
func load(xml string) (*ole.IUnknown, error) {
	empty, err := ole.RoActivateInstance("Windows.Data.Xml.Dom.XmlDocument")
	if err != nil {
		return nil, err
	}
	defer empty.Release()
	loader, err := query(&empty.IUnknown, iidXMLDocumentIO)
	if err != nil {
		return nil, err
	}
	defer loader.Release()
	if err := withString(xml, func(s uintptr) error { return invoke(loader, xmlDocumentIOLoadXML, s) }); err != nil {
		return nil, err
	}
	return query(&empty.IUnknown, iidXMLDocument)
}

func query(object *ole.IUnknown, iid *ole.GUID) (*ole.IUnknown, error) {
	found, err := object.QueryInterface(iid)
	if err != nil {
		return nil, err
	}
	return &found.IUnknown, nil
}

// withString hands f a string of the Windows Runtime. s must be of the Basic Multilingual Plane:
// go-ole's NewHString counts runes where Windows counts UTF-16 units.
func withString(s string, f func(uintptr) error) error {
	h, err := ole.NewHString(s)
	if err != nil {
		return err
	}
	defer ole.DeleteHString(h)
	return f(uintptr(h))
}

// invoke calls the method at place in the object's table. Pointers among the arguments are converted
// in the call itself, so that the directive keeps them where they are.
//
//go:uintptrescapes
func invoke(object *ole.IUnknown, place uintptr, args ...uintptr) error {
	table := (*[16]uintptr)(unsafe.Pointer(object.RawVTable))
	result, _, _ := syscall.SyscallN(table[place], append([]uintptr{uintptr(unsafe.Pointer(object))}, args...)...)
	if int32(result) < 0 {
		return ole.NewError(result)
	}
	return nil
}
